"""ImageNet at 32×32 pixels (van den Oord et al. 2016), RGB, 256 levels.

The published validation images are our test split. Our validation split is that of openai/vdvae:
5,000 training images by their rows in the file, or by their places among the sorted names.
"""

from data.layouts.imagenet import imagenet_layouts
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import permuted, whole

_INFO = DatasetInfo(
    image_size=(32, 32), image_channels=3, levels=256, num_train=1276149, can_flip=True
)
_OPENAI = Split(permuted(5000, seed=42))


class ImageNet32(PublishedDataset):
    """ImageNet at 32×32 pixels."""

    title = "ImageNet at 32x32"
    info = _INFO
    num_published = 1281149
    splits = {"own": _OPENAI, "openai": _OPENAI, "nvae": Split(whole, 1281149)}
    layouts = imagenet_layouts(32, _INFO)
    download = "train_32x32.tar and valid_32x32.tar were at image-net.org/small"
