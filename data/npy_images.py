"""Data sets that are distributed as (or converted to) one `.npy` file a split."""

import numpy as np

from data.files import check_images, find_file, reading
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
    return check_images(path, images, info)
