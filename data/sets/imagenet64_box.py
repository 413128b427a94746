"""Downsampled ImageNet at 64×64 pixels (Chrabaszcz et al. 2017), RGB, 256 levels.

The one that image-net.org has now, and that Efficient-VDVAE is trained on: resized by a box filter,
which leaves smoother images than `imagenet64`; bits/dim of the two are not comparable. The
published validation images are the test split, 5,000 training images by their rows are ours.
"""

from data.layouts.box import box_layouts
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import permuted, whole

_INFO = DatasetInfo(
    image_size=(64, 64), image_channels=3, levels=256, num_train=1276167, can_flip=True
)


class ImageNet64Box(PublishedDataset):
    """Downsampled ImageNet at 64×64 pixels, by a box filter."""

    title = "Downsampled ImageNet at 64x64"
    info = _INFO
    num_published = 1281167
    splits = {
        "own": Split(permuted(5000, seed=42)),
        "efficient": Split(whole, 1281167),
    }
    layouts = box_layouts(64, _INFO)
    download = "Download its npz batches from image-net.org/download-images"
