"""Street View House Numbers, cropped digits (Netzer et al. 2011), 32×32, RGB, 256 levels.

`train_32x32.mat` and `test_32x32.mat`, and `extra_32x32.mat` if it is there: its 531,131 images
then come before the training images. The last 5,000 training images are our validation split.
"""

import numpy as np

from data.archives.mat_array import read_mat_array
from data.files import check_images
from data.layouts.layout import Layout
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import last, whole

_INFO = DatasetInfo(image_size=(32, 32), image_channels=3, levels=256, num_train=68257)


def _read(train, test, extra=None):
    paths = {"train": train, "test": test, **({"extra": extra} if extra else {})}
    images = {role: check_images(path, _read_mat(path), _INFO) for role, path in paths.items()}
    if extra:
        images["train"] = np.concatenate([images["extra"], images["train"]])
    return Published(images["train"], test=images["test"])


def _read_mat(path):
    """`X`, `(height, width, channels, images)`, with the images first."""
    return np.ascontiguousarray(np.moveaxis(read_mat_array(path, "X"), -1, 0))


class SVHN(PublishedDataset):
    """Street View House Numbers."""

    title = "SVHN"
    info = _INFO
    num_published = 73257
    splits = {"own": Split(last(5000)), "lvae": Split(whole, 73257)}
    layouts = (
        Layout(
            "train_32x32.mat and test_32x32.mat, and extra_32x32.mat if it is to be used",
            {role: (f"{role}_32x32.mat",) for role in ("train", "test", "extra")},
            _read,
            may_lack=("extra",),
        ),
    )
    download = "Download them from ufldl.stanford.edu/housenumbers"
