"""Images that the user names: numbers in a split, or files."""

import pathlib
from typing import NamedTuple

import numpy as np

from data.binarize import draw_binary
from data.image_folder import find_pictures
from data.picture_file import picture_size, read_picture
from hvae.checks.memory import check_memory
from hvae.checks.typed_numbers import whole_number
from hvae.errors import UserError
from hvae.images.checked_images import check_shape_and_dtype, checked_images

#: Of the pixels of a picture.
_FILE_LEVELS = 256


class NumberedImages(NamedTuple):
    """Images, and the numbers on which their noise depends."""

    images: np.ndarray  # (images, height, width, channels), integers
    numbers: np.ndarray  # (images,), in the split; of one from a file, its place among the images


def read_images(
    names, config, split, background="white", tell=lambda line: None, is_binarized=False
):
    """Images of a model's size.

    Args:
        names: numbers in the split, paths of image files, of folders of them, or of `.npy` files
            of integers `(height, width, channels)` or `(images, height, width, channels)`.
        config: the `ModelConfig`.
        split: function that gives the split's images; called only for numbers.
        background: the colour behind transparent pixels, as CSS names it.
        tell: function that takes a line on each picture of another size, which is scaled until
            it covers the model's, and cropped at both ends.
        is_binarized: whether the model's images are draws of binary pixels; those of a picture
            are drawn too, from its place among the names: rounded ones would have smoother edges
            than any that the model has seen.

    Returns:
        `NumberedImages`, uint8.

    Raises:
        UserError: if a number is out of range, a file cannot be read, or an array has
            another size.
    """
    check_names(map(str, names))
    names = [file for name in names for file in _files(str(name))]
    parts = [
        _read(name, config, split, background, tell, place if is_binarized else None)
        for place, name in enumerate(names)
    ]
    images = np.concatenate(parts)
    numbers = np.arange(len(images))
    start = 0
    for name, part in zip(names, parts):
        number = whole_number(str(name))
        if number is not None:
            numbers[start] = number
        start += len(part)
    return NumberedImages(images, numbers)


def check_names(names):
    """Raises `UserError` for the first name of an image that is neither a number nor there."""
    for name in names:
        if whole_number(name) is None and not pathlib.Path(name).expanduser().exists():
            raise UserError(f"images: must be numbers in the split, or files. Received: {name}")


def _files(name):
    """The pictures in a folder; anything else as it is."""
    if not pathlib.Path(name).is_dir():
        return [name]
    found = find_pictures(name)
    if not found.names:
        raise UserError(f"images: there is no picture in {name}")
    return [str(found.folder / picture) for picture in found.names]


def _read(name, config, split, background, tell, seed):
    number = whole_number(name)
    if number is not None:
        images = split()
        if number >= len(images):
            raise UserError(
                f"images: the split has images 0 to {len(images) - 1}. Received: {name}"
            )
        return np.asarray(images[number])[None]
    path = pathlib.Path(name).expanduser()
    if path.suffix == ".npy":
        images = _read_array(path, config)
    else:
        images = _read_picture(path, config, background, tell, seed)
    return checked_images(images, config, name=str(path)).astype(np.uint8)


def _read_array(path, config):
    """The images of a `.npy` file; what it says of itself is checked before any is read."""
    try:
        images = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # what a made-up header makes of NumPy's reader is anything
        raise UserError(f"{path} is no .npy file of numbers, or damaged") from error
    images = images[None] if images.ndim == 3 else images
    check_shape_and_dtype(images.shape, images.dtype.name, config, str(path))
    check_memory(images.size, f"{path}, {len(images)} images,", "fewer of them need less")
    return images


def _read_picture(path, config, background, tell, seed):
    height, width = config.image_size
    there = picture_size(path)
    if there != (height, width):
        tell(f"{path}: {there[1]}x{there[0]} pixels, scaled and cropped to {width}x{height}")
    picture = read_picture(path, (height, width), config.image_channels, background)
    if seed is not None:
        return draw_binary(picture, _FILE_LEVELS, seed)[None]
    # The model's images may have fewer levels.
    pixels = np.rint(picture.astype(np.float64) * (config.levels - 1) / (_FILE_LEVELS - 1))
    return pixels.astype(np.int64)[None]
