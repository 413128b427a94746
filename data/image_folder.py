"""The pictures in a folder."""

import collections
import os
import pathlib
from typing import NamedTuple

from data.files import check_folder

#: Files with other names are not looked at.
SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".webp")


class FoundPictures(NamedTuple):
    """What is in a folder."""

    folder: pathlib.Path
    names: list[str]  # of pictures: paths within the folder with /, sorted
    ignored: collections.Counter  # how many other files there are, by ending


def find_pictures(folder):
    """The pictures in a folder and its sub-folders, also where these are links.

    Folders that several links lead to are looked at once. What is hidden is the system's.

    Raises:
        UserError: if the folder does not exist.
    """
    folder = check_folder(folder)
    names, ignored, seen = [], collections.Counter(), set()
    for path, folders, files in os.walk(folder, followlinks=True):
        status = os.stat(path)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        # In an order of their own, whatever the system's: the first of two links is followed.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = pathlib.Path(path).relative_to(folder)
        for name in files:
            # macOS keeps a ._photo.jpg, no image, for each photo.jpg.
            if name.startswith("."):
                continue
            ending = os.path.splitext(name)[1].lower()
            if ending in SUFFIXES:
                names.append((inside / name).as_posix())
            else:
                ignored[ending] += 1
    return FoundPictures(folder, sorted(names), ignored)
