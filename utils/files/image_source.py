"""Images that the user names: numbers in a split, or files."""

import pathlib
from typing import NamedTuple

import numpy as np

from data.image_folder import find_pictures
from data.picture_file import picture_size, read_picture
from hvae.errors import UserError
from hvae.images.checked_images import checked_images


class NumberedImages(NamedTuple):
    """Images, and the numbers on which their noise depends."""

    images: np.ndarray  # (images, height, width, channels), integers
    numbers: np.ndarray  # (images,), in the split; of one from a file, its place among the images


def read_images(names, config, split, background="white", tell=lambda line: None):
    """Images of a model's size.

    Args:
        names: numbers in the split, paths of image files, of folders of them, or of `.npy` files
            of integers `(height, width, channels)` or `(images, height, width, channels)`.
        config: the `ModelConfig`.
        split: function that gives the split's images; called only for numbers.
        background: the colour behind transparent pixels, as CSS names it.
        tell: function that takes a line on each picture of another size, which is scaled until
            it covers the model's, and cropped at both ends.

    Returns:
        `NumberedImages`, uint8.

    Raises:
        UserError: if a number is out of range, a file cannot be read, or an array has
            another size.
    """
    names = [file for name in names for file in _files(str(name))]
    parts = [_read(name, config, split, background, tell) for name in names]
    images = np.concatenate(parts)
    numbers = np.arange(len(images))
    start = 0
    for name, part in zip(names, parts):
        if name.isdigit():
            numbers[start] = int(name)
        start += len(part)
    return NumberedImages(images, numbers)


def _files(name):
    """The pictures in a folder; anything else as it is."""
    if not pathlib.Path(name).is_dir():
        return [name]
    found = find_pictures(name)
    if not found.names:
        raise UserError(f"images: there is no picture in {name}")
    return [str(found.folder / picture) for picture in found.names]


def _read(name, config, split, background, tell):
    if name.isdigit():
        images = split()
        if int(name) >= len(images):
            raise UserError(
                f"images: the split has images 0 to {len(images) - 1}. Received: {name}"
            )
        return np.asarray(images[int(name)])[None]
    path = pathlib.Path(name).expanduser()
    if not path.is_file():
        raise UserError(f"images: neither a number nor a file. Received: {name}")
    if path.suffix == ".npy":
        images = _read_array(path)
    else:
        images = _read_picture(path, config, background, tell)
    return checked_images(images, config, name=str(path)).astype(np.uint8)


def _read_array(path):
    try:
        images = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise UserError(f"{path} is not a .npy file of numbers ({error})") from error
    return images[None] if images.ndim == 3 else images


def _read_picture(path, config, background, tell):
    height, width = config.image_size
    there = picture_size(path)
    if there != (height, width):
        tell(f"{path}: {there[1]}x{there[0]} pixels, scaled and cropped to {width}x{height}")
    picture = read_picture(path, (height, width), config.image_channels, background)
    # Files hold 0 … 255; the model's images may have fewer levels.
    pixels = np.rint(picture.astype(np.float64) * (config.levels - 1) / 255)
    return pixels.astype(np.int64)[None]
