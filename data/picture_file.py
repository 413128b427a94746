"""The one reader of image files."""

import numpy as np
from PIL import Image, ImageOps

from hvae.errors import UserError


def read_picture(path, channels=3):
    """A picture as people see it: upright, 8 bits a channel.

    Args:
        path: a file in any format of Pillow's; transparency is dropped.
        channels: 1 for greyscale, 3 for RGB.

    Returns:
        A `PIL.Image.Image`.

    Raises:
        UserError: if it cannot be read as an image.
    """
    try:
        with Image.open(path) as file:
            return _to_8_bits(ImageOps.exif_transpose(file)).convert(
                "L" if channels == 1 else "RGB"
            )
    # Pillow's decoders raise what they like.
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be read as an image ({reason})") from error


def _to_8_bits(image):
    if image.mode.startswith("I;16"):
        # Pillow would clip 16 bits to 255 instead of scaling them.
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image
