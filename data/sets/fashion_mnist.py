"""Fashion-MNIST: pieces of clothing, 28×28 pixels, 256 grey levels (Xiao et al. 2017).

The last 5,000 training images are our validation split.
"""

from data.layouts.mnist import mnist_layouts
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Split
from data.split_rules import last, whole


class FashionMNIST(PublishedDataset):
    """Fashion-MNIST."""

    title = "Fashion-MNIST"
    info = DatasetInfo(
        image_size=(28, 28),
        image_channels=1,
        levels=256,
        num_train=55000,
        can_binarize=True,
        can_flip=True,
    )
    num_published = 60000
    splits = {"own": Split(last(5000)), "nvae": Split(whole, 60000)}
    layouts = mnist_layouts("fashion_mnist")
    download = "Download its four files from github.com/zalandoresearch/fashion-mnist"
    fetched_as = "fashion_mnist"
