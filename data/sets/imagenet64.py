"""ImageNet at 64×64 pixels (van den Oord et al. 2016), RGB, 256 levels.

Two files: `imagenet64-train.npy` and `imagenet64-valid.npy`. The published validation
split is our test split. Our validation split is that of openai/vdvae: 5,000 training images by
their rows in the file.
"""

from data.npy_images import open_images
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import permuted, whole

_OPENAI = Split(permuted(5000, seed=42))


class ImageNet64(PublishedDataset):
    """ImageNet at 64×64 pixels."""

    info = DatasetInfo(
        image_size=(64, 64), image_channels=3, levels=256, num_train=1276149, can_flip=True
    )
    splits = {"own": _OPENAI, "openai": _OPENAI, "nvae": Split(whole, 1281149)}

    def read(self, data_dir):
        """The images, read from the files as they are needed."""
        names = (f"imagenet64-{split}.npy" for split in ("train", "valid"))
        train, test = (open_images(data_dir, name, self.info) for name in names)
        return Published(train, test=test)
