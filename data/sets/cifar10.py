"""CIFAR-10: photographs, 32×32 pixels, RGB, 256 levels (Krizhevsky 2009).

The last 5,000 training images are our validation split. Read from `cifar10.npz`
(arrays `x_train` and `x_test`), or from one of the two original archives.
"""

import tarfile

import numpy as np

from data.files import check_images, find_file, read_npz, reading, through_keras
from data.published_dataset import PublishedDataset
from data.python2_arrays import load_python2_dictionary
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import halved_test, last, permuted, whole
from hvae.errors import UserError

_NPZ = "cifar10.npz"
_PYTHON = "cifar-10-python.tar.gz"
_BINARY = "cifar-10-binary.tar.gz"
_TRAIN_BATCHES = [f"data_batch_{i}" for i in range(1, 6)]


class CIFAR10(PublishedDataset):
    """CIFAR-10."""

    info = DatasetInfo(
        image_size=(32, 32), image_channels=3, levels=256, num_train=45000, can_flip=True
    )
    splits = {
        "own": Split(last(5000)),
        # scikit-learn's `train_test_split`, whose test part comes first.
        "openai": Split(permuted(5000, seed=11172018, from_start=True)),
        "efficient": Split(halved_test(seed=101), 50000),
        "nvae": Split(whole, 50000),
        "lvae": Split(whole, 50000),
    }

    def read(self, data_dir):
        """The images of the archives.

        Args:
            data_dir: folder with the files; without it, `keras.datasets` fetches them.

        Raises:
            UserError: if a file is missing or damaged, or cannot be fetched.
        """
        if not data_dir:
            (train, _), (test, _) = through_keras("cifar10", f"{_PYTHON}, {_BINARY} or {_NPZ}")
        elif npz := find_file(data_dir, [_NPZ]):
            train, test = read_npz(npz, ("x_train", "x_test"))
        elif archive := find_file(data_dir, [_PYTHON, _BINARY]):
            train, test = _read_archive(archive)
        else:
            raise UserError(
                f"data_dir: no CIFAR-10 in {data_dir}; it needs {_PYTHON}, {_BINARY} or {_NPZ}"
            )
        train, test = (check_images(data_dir, images, self.info) for images in (train, test))
        return Published(train, test=test)


def _read_archive(path):
    is_binary = path.name == _BINARY
    with reading(path), tarfile.open(path, "r:gz") as archive:
        members = {
            member.name.rsplit("/", 1)[-1].removesuffix(".bin"): member for member in archive
        }
        read = _rows_of_binary if is_binary else _rows_of_python
        train = np.concatenate(
            [read(archive.extractfile(members[name])) for name in _TRAIN_BATCHES]
        )
        test = read(archive.extractfile(members["test_batch"]))
        return _to_images(train), _to_images(test)


def _rows_of_binary(file):
    # One byte of label before each image.
    return np.frombuffer(file.read(), np.uint8).reshape(-1, 1 + 3072)[:, 1:]


def _rows_of_python(file):
    return load_python2_dictionary(file)["data"]


def _to_images(rows):
    """Rows of 3072 bytes, channel by channel, to `(images, 32, 32, 3)`."""
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
