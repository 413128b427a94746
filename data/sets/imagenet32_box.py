"""Downsampled ImageNet at 32×32 pixels (Chrabaszcz et al. 2017), RGB, 256 levels.

The one that image-net.org has now, and that Efficient-VDVAE is trained on: resized by a box filter,
which leaves smoother images than `imagenet32`; bits/dim of the two are not comparable. The
published validation images are the test split, 5,000 training images by their rows are ours.
"""

from data.layouts.box import box_layouts
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import permuted, whole

_INFO = DatasetInfo(
    image_size=(32, 32), image_channels=3, levels=256, num_train=1276167, can_flip=True
)


class ImageNet32Box(PublishedDataset):
    """Downsampled ImageNet at 32×32 pixels, by a box filter."""

    title = "Downsampled ImageNet at 32x32"
    info = _INFO
    num_published = 1281167
    splits = {
        "own": Split(permuted(5000, seed=42)),
        "efficient": Split(whole, 1281167),
    }
    layouts = box_layouts(32, _INFO)
    download = "Download its npz batches from image-net.org/download-images"
