"""CIFAR-10: photographs, 32×32 pixels, RGB, 256 levels (Krizhevsky 2009).

The last 5,000 training images are our validation split.
"""

from data.archives.cifar_batches import read_cifar_archive, read_cifar_folder
from data.files import read_npz
from data.layouts.layout import Layout
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import halved_test, last, permuted, whole


def _read_npz(path):
    train, test = read_npz(path, ("x_train", "x_test"))
    return Published(train, test=test)


class CIFAR10(PublishedDataset):
    """CIFAR-10."""

    title = "CIFAR-10"
    info = DatasetInfo(
        image_size=(32, 32), image_channels=3, levels=256, num_train=45000, can_flip=True
    )
    num_published = 50000
    splits = {
        "own": Split(last(5000)),
        # scikit-learn's `train_test_split`, whose test part comes first.
        "openai": Split(permuted(5000, seed=11172018, from_start=True)),
        "efficient": Split(halved_test(seed=101), 50000),
        "nvae": Split(whole, 50000),
        "lvae": Split(whole, 50000),
    }
    layouts = (
        Layout("cifar10.npz", {"path": ("cifar10.npz",)}, _read_npz),
        Layout(
            "cifar-10-python.tar.gz or cifar-10-binary.tar.gz",
            {"archive": ("cifar-10-python.tar.gz", "cifar-10-binary.tar.gz")},
            read_cifar_archive,
        ),
        Layout(
            "their unpacked folder cifar-10-batches-py or cifar-10-batches-bin",
            {"folder": ("cifar-10-batches-py/", "cifar-10-batches-bin/")},
            read_cifar_folder,
        ),
    )
    download = "Download cifar-10-python.tar.gz from www.cs.toronto.edu/~kriz/cifar.html"
    fetched_as = "cifar10"
