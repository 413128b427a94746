"""A folder of pictures, as `Items`."""

from data.items import Items

_ENDINGS = (".jpeg", ".jpg", ".png", ".webp")


def open_picture_folder(folder, fit, names=None):
    """Pictures in a folder and its sub-folders, sorted by name.

    Args:
        folder: the folder.
        fit: a `Fit`.
        names: file names in the order wanted, in the folder itself; `None` for all there are.
    """
    if names is None:
        found = (path for path in folder.rglob("*") if _is_picture(path))
        paths = sorted(found, key=lambda path: path.relative_to(folder).as_posix())
    else:
        paths = [folder / name for name in names]
    return Items(paths, lambda path: fit(path.read_bytes(), path), (*fit.image_size, 3))


def _is_picture(path):
    return path.suffix.lower() in _ENDINGS and path.name[0] != "." and path.is_file()
