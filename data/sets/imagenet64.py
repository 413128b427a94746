"""ImageNet at 64×64 pixels (van den Oord et al. 2016), RGB, 256 levels.

The published validation images are our test split. Our validation split is that of openai/vdvae:
5,000 training images by their rows in the file, or by their places among the sorted names.
"""

from data.layouts.imagenet import imagenet_layouts
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import permuted, whole

_INFO = DatasetInfo(
    image_size=(64, 64), image_channels=3, levels=256, num_train=1276149, can_flip=True
)
_OPENAI = Split(permuted(5000, seed=42))


class ImageNet64(PublishedDataset):
    """ImageNet at 64×64 pixels."""

    title = "ImageNet at 64x64"
    info = _INFO
    num_published = 1281149
    splits = {"own": _OPENAI, "openai": _OPENAI, "nvae": Split(whole, 1281149)}
    layouts = imagenet_layouts(64, _INFO)
    download = "train_64x64.tar and valid_64x64.tar were at image-net.org/small"
