"""Pictures of published sets, decoded and brought to a size as their codebases do it."""

import io

import numpy as np
from PIL import Image

from hvae.errors import UserError

#: A picture of more pixels is no picture of a published set.
_MOST_PIXELS = 4096 * 4096


class Fit:
    """Decodes, crops and resizes one picture.

    Args:
        image_size: height and width of the result, pixels.
        crop: left, upper, right and lower edge of what is taken of a picture of `crop_of`.
        crop_of: width and height of the pictures that are cropped; `None`: of none.
    """

    def __init__(self, image_size, crop=None, crop_of=None):
        self.image_size = image_size
        self.crop = crop
        self.crop_of = crop_of

    def __call__(self, content, name):
        """uint8, `(height, width, 3)`.

        Args:
            content: the file's bytes.
            name: what it is called in errors.

        Raises:
            UserError: if it is no picture, or one of another shape.
        """
        try:
            with Image.open(io.BytesIO(content)) as file:
                # Before anything is decoded: a small file may hold a picture of gigabytes.
                if file.width * file.height > _MOST_PIXELS:
                    raise ValueError(f"{file.width}x{file.height} pixels")
                picture = file.convert("RGB")
        # Pillow's decoders raise what they like.
        except Exception as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise UserError(f"{name} cannot be read as an image ({reason})") from error
        if picture.size == self.crop_of:
            picture = picture.crop(self.crop)
        height, width = self.image_size
        if picture.width * height != picture.height * width or picture.width < width:
            wanted = f", or {self.crop_of[0]}x{self.crop_of[1]}" if self.crop_of else ""
            raise UserError(
                f"{name}: must be at least {width}x{height} and of that shape{wanted}. "
                f"Received: {picture.width}x{picture.height}"
            )
        if picture.size != (width, height):
            picture = picture.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(picture)
