"""The one reader of picture files: for data sets, and for pictures that a user names."""

import contextlib
import warnings

import numpy as np
from PIL import Image, ImageColor, ImageOps

from hvae.errors import UserError

#: Part of the key of what is kept decoded: another number for every change of a pixel here.
RULE = 1
#: Larger pictures are not decoded: 89 megapixels, from which on Pillow warns.
MOST_PIXELS = 89_478_485
#: A JPEG is decoded at the smallest of its sizes that is this many times the one asked for.
_REDUCING_GAP = 2
_ORIENTATION = 0x0112
#: EXIF orientations that exchange height and width.
_TURNED = (5, 6, 7, 8)


def read_picture(path, image_size, channels=3, background="white"):
    """A picture as people see it, scaled until it covers a size, and centre-cropped to it.

    It is upright as the camera says, 8 bits a channel, and lies on the background where it is
    transparent.

    Args:
        path: a file in any format of Pillow's.
        image_size: height and width of the result, pixels.
        channels: 1 for greyscale, 3 for RGB.
        background: a colour as CSS names it.

    Returns:
        uint8, `(height, width, channels)`.

    Raises:
        UserError: if it cannot be read as an image, or is too large to be decoded.
    """
    with limited_pictures():
        return decode_picture(path, image_size, channels, background)


@contextlib.contextmanager
def limited_pictures():
    """Within this context `decode_picture` may be called, in any thread: Pillow does not warn."""
    with warnings.catch_warnings():
        # The size is checked below, where that at which a JPEG is decoded is known.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def decode_picture(path, image_size, channels, background):
    """`read_picture` for many at once, within `limited_pictures`."""
    height, width = image_size
    try:
        with Image.open(path) as file:
            _draft(file, image_size)
            _check_size(file)
            picture = _straight(ImageOps.exif_transpose(file))
            fitted = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
            pixels = np.asarray(
                _opaque(fitted, background).convert("L" if channels == 1 else "RGB")
            )
    except MemoryError:
        raise
    # Pillow's decoders raise what they like.
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be read as an image ({reason})") from error
    return pixels.reshape(height, width, channels)


def picture_size(path):
    """Height and width of a picture as people see it, from the start of its file.

    Raises:
        UserError: if it cannot be read as an image.
    """
    try:
        with limited_pictures(), Image.open(path) as file:
            return file.size if _is_turned(file) else file.size[::-1]
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be read as an image ({reason})") from error


def check_background(colour):
    """Raises `UserError` unless CSS knows a colour."""
    try:
        ImageColor.getrgb(colour)
    except ValueError:
        raise UserError(
            f"background: must be a colour, as white, black or #80ff00. Received: {colour}"
        ) from None


def _draft(file, image_size):
    """Lets a JPEG be decoded at an eighth, a quarter or half of its size: ten times as fast."""
    if file.format in ("JPEG", "MPO"):  # telephones write several pictures into one file
        height, width = (_REDUCING_GAP * side for side in image_size)
        file.draft(None, (height, width) if _is_turned(file) else (width, height))


def _is_turned(file):
    return file.getexif().get(_ORIENTATION) in _TURNED


def _check_size(file):
    width, height = file.size
    if width * height > MOST_PIXELS:
        raise ValueError(
            f"{width}x{height} pixels, at most {MOST_PIXELS // 10**6} million are decoded"
        )


def _straight(picture):
    """8 bits a channel, with transparency as a channel where there is any."""
    if picture.mode.startswith("I"):
        return _to_8_bits(picture)
    if picture.mode == "F":
        raise ValueError("floating-point pixels")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _to_8_bits(picture):
    # Pillow would clip 16 bits to 255 instead of scaling them.
    pixels = np.asarray(picture)
    if pixels.min() < 0 or pixels.max() > 0xFFFF:
        raise ValueError("more than 16 bits a pixel")
    return Image.fromarray((pixels >> 8).astype(np.uint8))


def _opaque(picture, background):
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGBA", picture.size, (*ImageColor.getrgb(background)[:3], 255))
    return Image.alpha_composite(ground, picture)
