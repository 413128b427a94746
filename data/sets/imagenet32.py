"""ImageNet at 32×32 pixels (van den Oord et al. 2016), RGB, 256 levels.

Two files: `imagenet32-train.npy` and `imagenet32-valid.npy`. The published validation
split is our test split; 5,000 random training images are our validation split.
"""

from data.npy_images import open_images
from data.sets.base import Dataset, DatasetInfo, Splits, split_rows

NUM_VALIDATION = 5000


class ImageNet32(Dataset):
    """ImageNet at 32×32 pixels."""

    info = DatasetInfo(
        image_size=(32, 32), image_channels=3, levels=256, num_train=1276149, can_flip=True
    )

    def load(self, data_dir=None):
        """The images as `Splits`, read from the files as they are needed."""
        train = open_images(data_dir, "imagenet32-train.npy", self.info)
        test = open_images(data_dir, "imagenet32-valid.npy", self.info)
        return Splits(*split_rows(train, NUM_VALIDATION), test)
