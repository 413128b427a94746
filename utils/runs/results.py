"""The files that one use of a run leaves behind."""

import pathlib
import re

from filelock import FileLock

from hvae.errors import UserError
from hvae.files.atomic import make_folder, remove_left_over, temporary_path

_NUMBERED = re.compile(r"_(\d+)$")


class Results:
    """Names for new files in `RUN/MODE/`: what is there from before is kept.

    The files of the first command have plain names, those of the n-th end in `_n`.

    Args:
        folder: the run's folder.
        mode: name of the mode.
    """

    def __init__(self, folder, mode):
        self.folder = pathlib.Path(folder) / mode
        self.written = []
        self._number = self._reservation = None

    def path(self, name):
        """Path for a new file (or folder) with this name, e.g. `samples.png`."""
        path = pathlib.Path(name)
        if self._number is None:
            self._reserve()
        if self._number > 1:
            path = path.with_stem(f"{path.stem}_{self._number}")
        self.written.append(self.folder / path)
        return self.written[-1]

    def release(self):
        """Give back a number under which nothing was written."""
        if self._reservation is not None:
            self._reservation.unlink(missing_ok=True)

    def _reserve(self):
        """Take the next number; another command that runs at the same time takes the one after.

        Raises:
            UserError: if the folder cannot be written.
        """
        make_folder(self.folder)
        try:
            with FileLock(self.folder / ".numbers"):
                remove_left_over(self.folder)
                begun = self.folder.glob(".writing-*")  # with the numbers that are reserved
                taken = map(number_of, [*_files(self.folder), *begun])
                self._number = 1 + max(taken, default=0)
                reservation = temporary_path(self.folder / f"reserved_{self._number}")
                reservation.touch()
                self._reservation = reservation
        except OSError as error:
            raise UserError(f"could not write {self.folder} ({error.strerror or error})") from error


def latest_result(folder, mode, name):
    """Path of the newest file with this name, or `None`."""
    path = pathlib.Path(name)
    of_name = [
        file
        for file in _files(pathlib.Path(folder) / mode)
        if file.suffix == path.suffix and _NUMBERED.sub("", file.stem) == path.stem
    ]
    return max(of_name, key=number_of, default=None)


def file_to_read(typed, mode, name, kind):
    """Path of the file that a command reads: the one that was named, or the newest of a mode.

    Args:
        typed: the command line, with `run` and `file`.
        mode: name of the mode that writes such files.
        name: what it calls them.
        kind: what is in them, for messages.

    Raises:
        UserError: if there is none.
    """
    file = typed.file or latest_result(typed.run, mode, name)
    if file is None:
        raise UserError(
            f"no {kind} in {typed.run}; python load_model.py {typed.run} {mode} makes them, "
            "or name a file"
        )
    if not pathlib.Path(file).is_file():
        raise UserError(f"no such file of {kind}: {file}")
    return file


def number_of(path):
    """Which command wrote a file."""
    match = _NUMBERED.search(path.stem)
    return int(match.group(1)) if match else 1


def _files(folder):
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.name.startswith(".")]
