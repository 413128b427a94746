"""MNIST: handwritten digits, 28×28 pixels, 256 grey levels.

The last 5,000 training images (LeCun et al. 1998 shuffled them) are our validation split. With
`binarize` `static`, the binary images of Larochelle where the folder has them: 50,000, 10,000 and
10,000 of them.
"""

from data.archives.binary_mnist import read_binary_mnist
from data.files import check_folder
from data.layouts.layout import Layout
from data.layouts.mnist import mnist_layouts
from data.published_dataset import PublishedDataset
from data.sets.base import DatasetInfo, Published, Split
from data.split_rules import given, halved_test, last, whole
from hvae.errors import UserError


def _read_binary(**paths):
    return Published(**{field: read_binary_mnist(path) for field, path in paths.items()})


_BINARY = Layout(
    "binarized_mnist_train.amat, _valid.amat and _test.amat, or ladder-vae-pytorch's .npz of them",
    {
        field: tuple(f"binarized_mnist_{split}.{end}" for end in ("amat", "npz"))
        for field, split in (("train", "train"), ("validation", "valid"), ("test", "test"))
    },
    _read_binary,
)


class MNIST(PublishedDataset):
    """MNIST."""

    title = "MNIST"
    info = DatasetInfo(
        image_size=(28, 28), image_channels=1, levels=256, num_train=55000, can_binarize=True
    )
    num_published = 60000
    splits = {
        "own": Split(given(last(5000))),
        "efficient": Split(halved_test(seed=101), 60000),
        "nvae": Split(whole, 60000),
        "lvae": Split(whole, 60000),
    }
    layouts = mnist_layouts("mnist")
    download = "Download its four files from yann.lecun.com/exdb/mnist"
    fetched_as = "mnist"

    def has_binary(self, data_dir):
        return bool(data_dir and _BINARY.find(check_folder(data_dir)))

    def load_binary(self, data_dir):
        """`Splits` of Larochelle's binary images.

        Raises:
            UserError: if a file of his is missing or damaged.
        """
        found = _BINARY.find(check_folder(data_dir))
        lacks = _BINARY.lacks(found)
        if lacks:
            raise UserError(f"data_dir: no {_BINARY.files[lacks[0]][0]} in {data_dir}")
        return self.splits[self.split_of].rule(_BINARY.read(**found))
