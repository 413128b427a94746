"""Pictures decoded once, kept beside their folder."""

import collections
import concurrent.futures
import contextlib
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import tempfile
import time
from typing import NamedTuple

from tqdm import tqdm

from data.npy_header import npy_header
from data.picture_file import decode_picture, limited_pictures
from data.stored_images import StoredImages
from hvae.errors import UserError

_INDEX = "index.json"
_WRITING = ".writing-"
_SECONDS_OF_A_DAY = 86400
#: Pictures that wait to be written, for each processor.
_AHEAD = 4


class _Entry(NamedTuple):
    """What the index says of a picture."""

    row: int | None  # in the file; `None` if it cannot be read
    state: list[int]  # of the picture's file
    reason: str = ""  # why it cannot be read


class PictureCache:
    """The decoded pictures of a folder: one `.npy` file, and an index of what is in it.

    A picture is decoded anew when the size or the time of its file has changed; what makes its
    pixels (size, channels, background) has a cache of its own. A new file is written whole, then
    the index that names it: whoever is reading the old one, in this process or another, goes on.

    Args:
        folder: the folder of pictures.
        settings: `PictureSettings`.
    """

    def __init__(self, folder, settings):
        self.pictures = pathlib.Path(folder).resolve()
        self.settings = settings
        self.folder = _place(self.pictures) / settings.rule

    def read(self, names):
        """The pictures of these names, in this order.

        Args:
            names: paths within the folder.

        Returns:
            The images as `StoredImages`, the row of every name that could be read, and what
            speaks against each of the others, by name.

        Raises:
            UserError: if there is no room for them, or they cannot be written.
        """
        states = {name: _state(self.pictures / name) for name in names}
        entries, stored = self._open()
        if any(name not in entries or entries[name].state != states[name] for name in names):
            entries, stored = self._write(states, entries, stored)
        found = {name: entries[name] for name in names}
        rows = {name: entry.row for name, entry in found.items() if entry.row is not None}
        return stored, rows, {name: e.reason for name, e in found.items() if e.row is None}

    def _open(self):
        """What is kept: an `_Entry` by name, and the `StoredImages`."""
        try:
            content = json.loads((self.folder / _INDEX).read_text(encoding="utf-8"))
            entries = {name: _Entry(*entry) for name, entry in content["pictures"].items()}
            stored = StoredImages(self.folder / content["file"])
        except (OSError, ValueError, KeyError, TypeError):
            return {}, None  # nothing yet, or nothing whole
        readable = sum(entry.row is not None for entry in entries.values())
        return (entries, stored) if len(stored) == readable else ({}, None)

    def _write(self, states, entries, stored):
        """Keep the pictures of these states, and those that are kept and have not changed.

        Returns:
            As `_open`.
        """
        others = {name: _state(self.pictures / name) for name in entries if name not in states}
        states |= {name: state for name, state in others.items() if state == entries[name].state}
        old = {name: e for name, e in entries.items() if states.get(name) == e.state}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._remove_left_overs(stored)
            self._check_room(len(states))
            with self._new_file(".npy") as (file, images):
                entries = self._write_rows(file, states, old, stored)
            with self._new_file(".json", _INDEX) as (file, _):
                content = {"file": images.name, "pictures": entries}
                file.write(json.dumps(content).encode())
            new = StoredImages(images)
        except OSError as error:
            raise UserError(
                f"could not keep the decoded pictures in {self.folder} ({error.strerror or error})"
            ) from error
        if stored is not None:
            with contextlib.suppress(OSError):
                os.unlink(stored.path)
        return entries, new

    @contextlib.contextmanager
    def _new_file(self, suffix, name=None):
        """A file, and the path that it gets when it is whole; nobody else writes the same."""
        descriptor, path = tempfile.mkstemp(suffix, _WRITING, self.folder)
        whole = self.folder / (name or os.path.basename(path).removeprefix(_WRITING))
        try:
            with open(descriptor, "wb") as file:
                yield file, whole
                file.flush()
                os.fsync(descriptor)
            os.replace(path, whole)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(path)

    def _write_rows(self, file, states, old, stored):
        """Write the images one by one; what the index says of them, by name."""
        shape = (*self.settings.image_size, self.settings.image_channels)
        file.write(npy_header((len(states), *shape)))
        entries, row = {}, 0
        for name, image, reason in self._images(states, old, stored):
            entries[name] = _Entry(None if image is None else row, states[name], reason)
            if image is not None:
                file.write(image.tobytes())
                row += 1
        file.seek(0)
        file.write(npy_header((row, *shape)))  # as long as the other
        return entries

    def _images(self, states, old, stored):
        """Name, image or `None`, and reason, of each; new ones are decoded by all processors."""
        new = [name for name in states if name not in old]
        decoded = self._decoded(new)
        # Only what takes more than two seconds is worth a bar.
        bar = tqdm(decoded, "decoding", len(new), leave=False, dynamic_ncols=True, delay=2)
        for name, entry in old.items():
            yield name, None if entry.row is None else stored[entry.row], entry.reason
        yield from bar

    def _decoded(self, names):
        count = os.cpu_count() or 1
        pending = collections.deque()
        with limited_pictures(), concurrent.futures.ThreadPoolExecutor(count) as pool:
            for name in itertools.chain(names, [None] * _AHEAD * count):
                pending.append(None if name is None else pool.submit(self._decode, name))
                if len(pending) > _AHEAD * count:
                    first = pending.popleft()
                    if first is not None:
                        yield first.result()

    def _decode(self, name):
        size, channels, background = self.settings[:3]
        try:
            image = decode_picture(self.pictures / name, size, channels, background)
        except UserError as error:
            return name, None, str(error).rpartition(" (")[2].removesuffix(")")
        return name, image, ""

    def _check_room(self, count):
        height, width = self.settings.image_size
        needed = count * height * width * self.settings.image_channels
        free = shutil.disk_usage(self.folder).free
        if needed > free:
            raise UserError(
                f"data_dir: the decoded pictures need {needed / 1e9:.1f} GB in {self.folder}. "
                f"Received: {free / 1e9:.1f} GB that are free"
            )

    def _remove_left_overs(self, stored):
        """What processes that were killed were writing, or of two at once the first has written."""
        used = {_INDEX, stored.path.name if stored else None}
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                is_old = path.stat().st_mtime < time.time() - _SECONDS_OF_A_DAY
                if is_old and path.name not in used:
                    path.unlink()


def _state(path):
    """What changes when a file does: its size, and the time of its last change."""
    try:
        status = os.stat(path)
    except OSError:
        return [0, 0]  # a link to nothing; reading it says so
    return [status.st_size, status.st_mtime_ns]


def _place(pictures):
    """Beside the folder of pictures, or among the caches of the user who may not write there."""
    if os.access(pictures.parent, os.W_OK):
        return pictures.with_name(f".{pictures.name}.decoded")
    caches = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    key = hashlib.blake2b(os.fsencode(pictures), digest_size=8).hexdigest()
    return caches / "hvae" / f"{pictures.name}-{key}"
