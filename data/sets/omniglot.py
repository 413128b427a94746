"""Omniglot: handwritten characters, 28×28 pixels, 256 grey levels (Lake et al. 2015).

As Burda et al. 2016 made it smaller: `chardata.mat`, 24,345 and 8,070 images. The last 1,345
training images are our validation split.
"""

import numpy as np

from data.archives.mat_array import read_mat_array
from data.layouts.layout import Layout
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import last, whole


def _read(path):
    train, test = (_to_images(read_mat_array(path, name)) for name in ("data", "testdata"))
    return Published(train, test=test)


def _to_images(columns):
    """Columns of 784 values 0 … 1, an image's columns one after the other."""
    images = (255 * columns.astype(np.float32)).reshape(28, 28, -1).transpose(2, 1, 0)
    return np.ascontiguousarray(images.astype(np.uint8))[..., None]


class Omniglot(PublishedDataset):
    """Omniglot at 28×28 pixels."""

    title = "Omniglot"
    info = DatasetInfo(
        image_size=(28, 28), image_channels=1, levels=256, num_train=23000, can_binarize=True
    )
    num_published = 24345
    splits = {"own": Split(last(1345)), "nvae": Split(whole, 24345)}
    layouts = (Layout("chardata.mat", {"path": ("chardata.mat",)}, _read),)
    download = "Download it from github.com/yburda/iwae, datasets/OMNIGLOT"
