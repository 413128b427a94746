"""Data sets that are distributed as (or converted to) one `.npy` file a split."""

import numpy as np

from data.files import check_images, reading, require_file


def open_images(data_dir, name, info):
    """Memory-mapped images `(images, height, width, channels)`, uint8.

    Args:
        data_dir: folder of the file.
        name: the file's name.
        info: the `DatasetInfo` that the images must fit.

    Raises:
        UserError: if the file is missing, damaged, or holds something else.
    """
    path = require_file(data_dir, name)
    with reading(path):
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    return check_images(path, images, info)
