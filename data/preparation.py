"""A published set written as the `.npy` files that training reads, an image by one system call."""

import contextlib
import hashlib
import json
import math
import os
import pathlib
import shutil

import numpy as np
from filelock import FileLock, Timeout

from data.npy_header import npy_header
from data.published_dataset import PublishedDataset
from data.sets import DATASETS
from data.stored_images import StoredImages
from hvae.errors import UserError
from hvae.files.atomic import make_folder, write_text
from hvae.inference.running.batches import Steps

_BLOCK_BYTES = 8 * 2**20
_FIELDS = ("train", "validation", "test")


def prepare(name, source, target, display):
    """Write `NAME-train.npy` and so on into a folder, whole or not at all.

    What an earlier call has written before it was interrupted is not written again.

    Args:
        name: a data set.
        source: folder with its published files.
        target: folder for the `.npy` files, and `NAME.sha256` with their checksums.
        display: a `Display`.

    Returns:
        The paths of the files.

    Raises:
        UserError: if there is nothing to prepare, the disk is too small, another process is at
            it, or a file cannot be read.
    """
    dataset = DATASETS[name]()
    layouts = _prepared_layouts(dataset)
    if not layouts:
        raise UserError(f"name: {name} trains from its published files as they are; nothing to do")
    target = pathlib.Path(target)
    with display.waiting(f"looking through {source}"):
        published = dataset.read(source)
    images = {field: getattr(published, field) for field in _FIELDS}
    images = {field: array for field, array in images.items() if array is not None}
    if all(isinstance(array, StoredImages) for array in images.values()):
        raise UserError(f"source: {source} holds what training reads already; nothing to do")
    files = _file_names(layouts, images)
    make_folder(target)
    with _alone(target / f".{name}.lock", name, target):
        pending = [field for field in images if not (target / files[field]).exists()]
        _check_space(target, [(target / files[field], images[field]) for field in pending])
        sums = _read_checksums(target / f"{name}.sha256")
        for field, array in images.items():
            path = target / files[field]
            if field in pending:
                sums[path.name] = _write(path, array, display)
                write_text(target / f"{name}.sha256", _checksum_lines(sums))
            elif sums.get(path.name) != _checksum(path, display):
                raise UserError(f"{path} is not what {name}.sha256 says; delete it, and go on")
    return [target / files[field] for field in images]


def _prepared_layouts(dataset):
    """The layouts of a data set that are `.npy` files."""
    if not isinstance(dataset, PublishedDataset):
        return []
    return [
        layout
        for layout in dataset.layouts
        if all(name.endswith(".npy") for names in layout.files.values() for name in names)
    ]


def _file_names(layouts, images):
    """File name by field, of the layout that has these fields."""
    for layout in layouts:
        if set(images) <= set(layout.files) and not layout.lacks(images):
            return {field: layout.files[field][0] for field in images}
    raise UserError(f"source: has {' and '.join(images)} images, for which there are no such files")


@contextlib.contextmanager
def _alone(path, name, target):
    """No other process prepares the same set in the same folder meanwhile."""
    try:
        with FileLock(path, blocking=False):
            yield
            path.unlink(missing_ok=True)
    except Timeout:
        raise UserError(f"another process prepares {name} in {target}") from None


def _check_space(target, work):
    needed = 0
    for path, images in work:
        begun = _temporary(path)
        needed += _size(images) - (begun.stat().st_size if begun.exists() else 0)
    free = shutil.disk_usage(target).free
    if needed > free:
        raise UserError(
            f"target: {target} needs {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free"
        )


def _write(path, images, display):
    """Write an array's file, from where an earlier attempt stopped, and return its checksum."""
    temporary, state = _temporary(path), path.with_name(f".preparing-{path.name}.json")
    header, per_image = npy_header(images.shape), math.prod(images.shape[1:])
    key = _fingerprint(images)
    done = _images_done(state, key) if temporary.exists() else 0
    step = max(1, _BLOCK_BYTES // per_image)
    with open(temporary, "r+b" if done else "wb") as file:
        file.write(header)
        file.truncate(len(header) + done * per_image)
        file.seek(0, os.SEEK_END)
        for places in display.track(Steps(len(images) - done, step), f"writing {path.name}"):
            start, stop = done + places.start, done + places.stop
            file.write(np.ascontiguousarray(images[np.arange(start, stop)]))
            file.flush()
            os.fsync(file.fileno())
            write_text(state, json.dumps({"images": key, "done": stop}))
    checksum = _checksum(temporary, display)
    os.replace(temporary, path)
    state.unlink(missing_ok=True)
    return checksum


def _images_done(state, key):
    """How many images of this array are written; 0 for those of another."""
    try:
        content = json.loads(state.read_text(encoding="utf-8"))
        return content["done"] if content["images"] == key else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _fingerprint(images):
    """What changes when other images would be written."""
    keys = getattr(images, "keys", ())
    text = f"{images.shape} " + " ".join(map(str, keys))
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(path, display):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        blocks = range(math.ceil(path.stat().st_size / _BLOCK_BYTES))
        for _ in display.track(blocks, f"checking {path.name.removeprefix('.preparing-')}"):
            digest.update(file.read(_BLOCK_BYTES))
    return digest.hexdigest()


def _read_checksums(path):
    """Checksum by file name, of lines as `sha256sum` writes them."""
    if not path.exists():
        return {}
    lines = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: checksum for checksum, name in lines}


def _checksum_lines(sums):
    return "".join(f"{checksum}  {name}\n" for name, checksum in sorted(sums.items()))


def _size(images):
    return len(npy_header(images.shape)) + math.prod(images.shape)


def _temporary(path):
    return path.with_name(f".preparing-{path.name}")
