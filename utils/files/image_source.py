"""Images that the user names: numbers in a split, or files."""

import pathlib

import numpy as np
from PIL import Image

from hvae.errors import UserError


def read_images(names, config, split):
    """Images of a model's size.

    Args:
        names: numbers in the split, paths of image files, or of `.npy` files of integers
            `(height, width, channels)` or `(images, height, width, channels)`.
        config: the `ModelConfig`.
        split: function that gives the split's images; called only for numbers.

    Returns:
        uint8, `(images, height, width, channels)`.

    Raises:
        UserError: if a number is out of range, a file cannot be read, or an image has
            another size.
    """
    return np.concatenate([_read(str(name), config, split) for name in names])


def _read(name, config, split):
    if name.isdigit():
        images = split()
        if int(name) >= len(images):
            raise UserError(
                f"images: the split has images 0 to {len(images) - 1}. Received: {name}"
            )
        return np.asarray(images[int(name)])[None]
    path = pathlib.Path(name)
    if not path.is_file():
        raise UserError(f"images: neither a number nor a file. Received: {name}")
    images = _read_array(path) if path.suffix == ".npy" else _read_picture(path, config)
    _check(images, path, config)
    return images.astype(np.uint8)


def _read_array(path):
    try:
        images = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise UserError(f"{path} is not a .npy file of numbers ({error})") from error
    return images[None] if images.ndim == 3 else images


def _read_picture(path, config):
    try:
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("L" if config.image_channels == 1 else "RGB"))
    except OSError as error:
        raise UserError(f"{path} is not an image that can be read ({error})") from error
    # Files hold 0 … 255; the model's images may have fewer levels.
    pixels = np.rint(pixels.astype(np.float64) * (config.levels - 1) / 255)
    return pixels.astype(np.int64).reshape(1, *pixels.shape[:2], config.image_channels)


def _check(images, path, config):
    expected = (*config.image_size, config.image_channels)
    if images.ndim != 4 or images.shape[1:] != expected:
        height, width = config.image_size
        raise UserError(
            f"{path}: images must have shape {expected} (height, width, channels). "
            f"Received: {tuple(images.shape[1:])}; to resize: "
            f"Image.open(path).resize(({width}, {height})).save(path) with Pillow"
        )
    if images.dtype.kind not in "iu" or images.min() < 0 or images.max() >= config.levels:
        raise UserError(
            f"{path}: pixels must be integers 0 to {config.levels - 1}. "
            f"Received: {images.dtype}, {images.min()} to {images.max()}"
        )
