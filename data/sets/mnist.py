"""MNIST: handwritten digits, 28×28 pixels, 256 grey levels.

The last 5,000 training images (LeCun et al. 1998 shuffled them) are the validation
split. Read from `mnist.npz`, or from the four original archives.
"""

import gzip

import numpy as np

from data.files import check_images, find_file, read_npz, reading, through_keras
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import halved_test, last, whole
from hvae.errors import UserError

_NPZ = "mnist.npz"
_IMAGES = ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz")
_FILES = f"{_NPZ}, or {' and '.join(_IMAGES)}"


class MNIST(PublishedDataset):
    """MNIST."""

    info = DatasetInfo(
        image_size=(28, 28), image_channels=1, levels=256, num_train=55000, can_binarize=True
    )
    splits = {
        "own": Split(last(5000)),
        "efficient": Split(halved_test(seed=101), 60000),
        "nvae": Split(whole, 60000),
        "lvae": Split(whole, 60000),
    }

    def read(self, data_dir):
        """The images of the archives.

        Args:
            data_dir: folder with the files; without it, `keras.datasets` fetches them.

        Raises:
            UserError: if a file is missing or damaged, or cannot be fetched.
        """
        if not data_dir:
            (train, _), (test, _) = through_keras("mnist", _FILES)
        elif npz := find_file(data_dir, [_NPZ]):
            train, test = read_npz(npz, ("x_train", "x_test"))
        else:
            paths = [find_file(data_dir, [name]) for name in _IMAGES]
            if None in paths:
                raise UserError(f"data_dir: no MNIST in {data_dir}; it needs {_FILES}")
            train, test = (_read_idx(path) for path in paths)
        train, test = (
            check_images(data_dir, images[..., None], self.info) for images in (train, test)
        )
        return Published(train, test=test)


def _read_idx(path):
    """An archive of the IDX format: magic number, three sizes (big-endian), bytes."""
    with reading(path), gzip.open(path, "rb") as file:
        content = file.read()
        magic, count, height, width = np.frombuffer(content, ">i4", count=4)
        if magic != 2051:
            raise ValueError(f"magic number {magic}, not 2051")
        return np.frombuffer(content, np.uint8, offset=16).reshape(count, height, width)
