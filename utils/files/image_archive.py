"""Any number of images as one array in an `.npz` file."""

import math
import tempfile
import zipfile

import numpy as np

from hvae.files.array_members import copy_array
from hvae.files.atomic import replacing, writing


def write_archive(path, images, shape):
    """Write images as they come, in memory that does not grow with their number.

    `np.load(path)["images"]` is uint8, `(images, height, width, channels)`. If the images
    end early, by Ctrl-C too, the file holds those that came.

    Args:
        path: the `.npz` file.
        images: iterable of uint8 arrays.
        shape: of one image.

    Raises:
        UserError: if the file cannot be written.
    """
    # How many there are is known at the end only, but stands before them in the file.
    with writing(path), tempfile.TemporaryFile(dir=path.parent) as pixels:
        try:
            for image in images:
                pixels.write(np.ascontiguousarray(image, np.uint8))
        finally:
            # An interruption may have cut the last one short.
            count = pixels.tell() // math.prod(shape)
            pixels.truncate(count * math.prod(shape))
            pixels.seek(0)
            if count:
                _write(path, pixels, (count, *shape))


def _write(path, pixels, shape):
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        copy_array(archive, "images", pixels, np.dtype(np.uint8), shape)
