"""Images as a model can take them."""

import numpy as np

from hvae.errors import UserError


def checked_images(images, config):
    """Images as an array, if they are what a model expects.

    Args:
        images: integers 0 … levels − 1, `(images, height, width, channels)`.
        config: the `ModelConfig`.

    Raises:
        UserError: if there are none, or for another size, another type, or pixels that
            are out of range.
    """
    images = np.asarray(images)
    expected = (*config.image_size, config.image_channels)
    if images.ndim != 4 or images.shape[1:] != expected or not len(images):
        raise UserError(
            f"images: must have shape (images, {', '.join(map(str, expected))}). "
            f"Received: {images.shape}"
        )
    if images.dtype.kind not in "iu":
        raise UserError(
            f"images: must be integers 0 to {config.levels - 1}. Received: {images.dtype}"
        )
    if images.min() < 0 or images.max() >= config.levels:
        raise UserError(
            f"images: must be integers 0 to {config.levels - 1}. "
            f"Received: {images.min()} to {images.max()}"
        )
    return images
