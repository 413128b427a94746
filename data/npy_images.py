"""Data sets that are distributed as (or converted to) one `.npy` file a split."""

import numpy as np

from data.files import find_file, reading
from hvae.errors import UserError


def open_images(data_dir, name, info):
    """Memory-mapped images `(images, height, width, channels)`, uint8.

    Args:
        data_dir: folder of the file.
        name: the file's name.
        info: the `DatasetInfo` that the images must fit.

    Raises:
        UserError: if the file is missing, damaged, or holds something else.
    """
    if not data_dir:
        raise UserError(f"data_dir: needs the folder that holds {name}; it cannot be fetched")
    path = find_file(data_dir, [name])
    if path is None:
        raise UserError(f"data_dir: no {name} in {data_dir}")
    with reading(path):
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    expected = (*info.image_size, info.image_channels)
    if images.shape[1:] != expected or images.dtype != np.uint8:
        raise UserError(
            f"{path} must hold uint8 images of {expected}. Received: {images.dtype} {images.shape}"
        )
    return images
