"""CelebA at 64×64 pixels (Liu et al. 2015), RGB, 256 levels.

Three files: `celeba64-train.npy`, `celeba64-valid.npy` and `celeba64-test.npy`, the
official splits, cropped and resized as in Larsen et al. 2016.
"""

from data.npy_images import open_images
from data.sets.base import Dataset, DatasetInfo, Splits


class CelebA64(Dataset):
    """CelebA at 64×64 pixels."""

    info = DatasetInfo(
        image_size=(64, 64), image_channels=3, levels=256, num_train=162770, can_flip=True
    )

    def load(self, data_dir=None):
        """The images as `Splits`, read from the files as they are needed."""
        names = (f"celeba64-{split}.npy" for split in ("train", "valid", "test"))
        return Splits(*(open_images(data_dir, name, self.info) for name in names))
