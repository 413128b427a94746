"""A folder of the user's own images, brought to one size, RGB, 256 levels.

PNG, JPEG, WebP and BMP files of any size, in sub-folders or not: the shorter side is
scaled to that size, the longer one cropped at both ends. 5 % are the validation split and
5 % the test split, at random; which ones follows from the files' names, so a folder that
changes is split anew.
"""

import numpy as np

from data.image_folder import SUFFIXES, find_images, read_images
from data.sets.base import Dataset, DatasetInfo, Splits
from hvae.errors import UserError

HELD_OUT = 0.05  # part of the images, for validation and for test each


def folder_info(side):
    """The `DatasetInfo` of such a folder whose images become squares of this side, pixels."""
    # How many images there are, only the folder tells.
    return DatasetInfo(
        image_size=(side, side), image_channels=3, levels=256, num_train=0, can_flip=True
    )


class FolderDataset(Dataset):
    """Images of the user's own; each size is a data set."""

    def load(self, data_dir=None):
        """The images as `Splits`, views of one array in memory.

        Args:
            data_dir: folder with the images.

        Raises:
            UserError: if there is no such folder, it has fewer than three images, or one of
                its files cannot be read.
        """
        if not data_dir:
            raise UserError(f"data_dir: needs a folder of images ({', '.join(SUFFIXES)})")
        paths = find_images(data_dir)
        if len(paths) < 3:
            raise UserError(
                f"data_dir: must hold at least 3 images ({', '.join(SUFFIXES)}). "
                f"Received: {len(paths)} in {data_dir}"
            )
        order = np.random.default_rng(0).permutation(len(paths))
        images = read_images([paths[index] for index in order], self.info.image_size)
        count = max(1, round(HELD_OUT * len(paths)))
        return Splits(images[2 * count :], images[:count], images[count : 2 * count])
