"""How MNIST, and sets that take its place, lie in a folder."""

from data.archives.idx import read_idx
from data.files import read_npz
from data.layouts.layout import Layout
from data.sets.base import Published


def mnist_layouts(name):
    """`Layout`s of an `.npz` of this name as Keras has it, and of the four original files.

    Args:
        name: the data set's name.
    """
    # As published, as torchvision keeps them, as packages of a system or a language have them.
    folders = ("", "raw/", "MNIST/raw/", "FashionMNIST/raw/", "data/")

    def places(split):
        names = [f"{split}-images{mark}idx3-ubyte" for mark in "-."]
        return tuple(f"{f}{n}{end}" for f in folders for n in names for end in ("", ".gz"))

    return (
        Layout(f"{name}.npz", {"path": (f"{name}.npz",)}, _read_npz),
        Layout(
            "train-images-idx3-ubyte and t10k-images-idx3-ubyte, with .gz or without, also as "
            "torchvision keeps them in MNIST/raw",
            {"train": places("train"), "test": places("t10k")},
            lambda train, test: Published(read_idx(train), test=read_idx(test)),
        ),
    )


def _read_npz(path):
    train, test = read_npz(path, ("x_train", "x_test"))
    return Published(train[..., None], test=test[..., None])
