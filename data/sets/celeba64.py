"""CelebA at 64×64 pixels (Liu et al. 2015), RGB, 256 levels.

Three files: `celeba64-train.npy`, `celeba64-valid.npy` and `celeba64-test.npy`, the
official splits, cropped and resized as in Larsen et al. 2016.
"""

from data.npy_images import open_images
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import given, validation_twice

_ON_VALIDATION = Split(validation_twice)


class CelebA64(PublishedDataset):
    """CelebA at 64×64 pixels."""

    info = DatasetInfo(
        image_size=(64, 64), image_channels=3, levels=256, num_train=162770, can_flip=True
    )
    splits = {
        "own": Split(given()),
        "efficient": Split(given()),
        "nvae": _ON_VALIDATION,
        "lvae": _ON_VALIDATION,
    }

    def read(self, data_dir):
        """The images, read from the files as they are needed."""
        names = (f"celeba64-{split}.npy" for split in ("train", "valid", "test"))
        return Published(*(open_images(data_dir, name, self.info) for name in names))
