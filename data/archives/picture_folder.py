"""A folder of pictures, as `Items`."""

from data.archives.safe_names import is_picture
from data.items import Items


def open_picture_folder(folder, fit, names=None):
    """Pictures in a folder and its sub-folders, sorted by name.

    Args:
        folder: the folder.
        fit: a `Fit`.
        names: file names in the order wanted, in the folder itself; `None` for all there are.
    """
    if names is None:
        inside = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
        paths = [folder / name for name in sorted(filter(is_picture, inside))]
    else:
        paths = [folder / name for name in names]
    return Items(paths, lambda path: fit(path.read_bytes(), path), (*fit.image_size, 3))
