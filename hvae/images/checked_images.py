"""Images as a model can take them."""

import numpy as np

from hvae.errors import UserError


def checked_images(images, config, name="images"):
    """Images as an array, if they are what a model expects.

    Args:
        images: integers 0 … levels − 1, `(images, height, width, channels)`.
        config: the `ModelConfig`, or whatever has its `image_size`, `image_channels`, `levels`.
        name: what the images are called in messages.

    Raises:
        UserError: if there are none, or for another size, another type, or pixels that
            are out of range.
    """
    images = np.asarray(images)
    check_shape_and_dtype(images.shape, images.dtype.name, config, name)
    if images.min() < 0 or images.max() >= config.levels:
        raise UserError(
            f"{name}: must be integers 0 to {config.levels - 1}. "
            f"Received: {images.min()} to {images.max()}"
        )
    return images


def check_pixels(images, config):
    """Refuse images that a model does not expect, if they have numbers to look at.

    Args:
        images: as of `checked_images`, or a tensor. One that is a symbol, or lies on a GPU, is
            taken as it is: there its numbers are not known, or cost a transfer.
        config: as of `checked_images`.

    Raises:
        UserError: as `checked_images`.
    """
    try:
        array = np.asarray(images)
    # Each backend says in its own way that there are no numbers here.
    except (TypeError, ValueError, RuntimeError):
        return
    checked_images(array, config)


def check_shape_and_dtype(shape, dtype, config, name="images"):
    """Refuse what can be refused before there are numbers: while a graph is made.

    Args:
        shape: of the images; the first entry may be `None`.
        dtype: name of their type.
        config: as of `checked_images`.
        name: as of `checked_images`.

    Raises:
        UserError: for no images, another size, or another type.
    """
    expected = (*config.image_size, config.image_channels)
    if len(shape) != 4 or tuple(shape[1:]) != expected or shape[0] == 0:
        raise UserError(
            f"{name}: must have shape (images, {', '.join(map(str, expected))}). "
            f"Received: {tuple(shape)}"
        )
    # Floats would be cut to integers: scaled images would all become 0 or 1.
    if "int" not in dtype:
        raise UserError(f"{name}: must be integers 0 to {config.levels - 1}. Received: {dtype}")
