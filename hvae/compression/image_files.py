"""Images to a file and back: what `compress` and `decompress` do, whoever walks."""

import numpy as np

from hvae.compression.compressor import Compressor, allowed_batch
from hvae.compression.file_format import checksum, read_compressed, write_compressed
from hvae.errors import UserError


def compress_to(path, walks, images, batch_size, progress=None):
    """Write images to a file, once it is known that they come back.

    Args:
        path: the file.
        walks: the model's `Walks`.
        images: integers, `(images, height, width, channels)`.
        batch_size: images at a time; `allowed_batch` may be fewer.
        progress: function from what is being done and the images of a step to a function that
            wraps a sequence of steps and shows how far it is.

    Returns:
        The `Compressed`.

    Raises:
        UserError: if the images are not the model's, or do not come back.
    """
    batch_size = allowed_batch(walks.image_size, batch_size)
    progress = progress or _unseen
    compressor = Compressor(walks, batch_size)
    compressed = compressor.compress(images, progress("compressing", batch_size))
    again = compressor.decompress(compressed, progress("checking", batch_size))
    if not np.array_equal(again, images):
        raise UserError("compress: the images do not come back; nothing was written")
    write_compressed(path, compressed, checksum(images), batch_size, walks.fingerprint)
    return compressed


def decompress_from(path, walks, progress=None):
    """The images of a file, integers.

    Args:
        path: the file.
        walks: as of `compress_to`, of the same model.
        progress: as of `compress_to`.

    Raises:
        UserError: as `read_compressed`, or if other images come out than went in.
    """
    compressed, images_sum, batch_size = read_compressed(path, walks.fingerprint)
    wrapped = (progress or _unseen)("decompressing", batch_size)
    images = Compressor(walks, batch_size).decompress(compressed, wrapped)
    if checksum(images) != images_sum:
        raise UserError(f"{path}: other images came out than went in; this machine differs")
    return images


def _unseen(what, batch_size):
    return iter
