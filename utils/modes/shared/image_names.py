"""What images are called in figures."""

import pathlib

from hvae.checks.typed_numbers import whole_number


def image_names(typed, count):
    """A name for each image that a user named.

    Args:
        typed: numbers in a split and paths of files, as `read_images` takes them.
        count: how many images they are; a file may hold several.
    """
    if len(typed) != count:
        return [f"no. {i + 1}" for i in range(count)]
    return [
        pathlib.Path(name).name if whole_number(name) is None else f"image {name}" for name in typed
    ]
