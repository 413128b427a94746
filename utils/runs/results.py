"""The files that one use of a run leaves behind."""

import pathlib
import re

from hvae.files.atomic import make_folder

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
        self._number = 1 + max(map(number_of, _files(self.folder)), default=0)

    def path(self, name):
        """Path for a new file (or folder) with this name, e.g. `samples.png`."""
        make_folder(self.folder)
        path = pathlib.Path(name)
        if self._number > 1:
            path = path.with_stem(f"{path.stem}_{self._number}")
        self.written.append(self.folder / path)
        return self.written[-1]


def latest_result(folder, mode, name):
    """Path of the newest file with this name, or `None`."""
    path = pathlib.Path(name)
    of_name = [
        file
        for file in _files(pathlib.Path(folder) / mode)
        if file.suffix == path.suffix and _NUMBERED.sub("", file.stem) == path.stem
    ]
    return max(of_name, key=number_of, default=None)


def number_of(path):
    """Which command wrote a file."""
    match = _NUMBERED.search(path.stem)
    return int(match.group(1)) if match else 1


def _files(folder):
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.name.startswith(".")]
