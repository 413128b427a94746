"""What a data set has to provide."""

import abc
from typing import NamedTuple

import numpy as np

from data.rows import Rows


class DatasetInfo(NamedTuple):
    """What is known of a data set without reading it."""

    image_size: tuple[int, int]  # height and width, pixels
    image_channels: int  # 1 or 3
    levels: int  # pixels are 0 … levels − 1
    num_train: int  # images of the whole training split; 0 if only reading it tells
    can_binarize: bool = False  # whether `binarize` makes sense
    can_flip: bool = False  # whether a mirror image could be one of them


class Splits(NamedTuple):
    """The images of a data set, `(images, height, width, channels)`, uint8."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


class Dataset(abc.ABC):
    """Images to train on, and what is known of them; named like its file."""

    #: The `DatasetInfo`.
    info: DatasetInfo

    @abc.abstractmethod
    def load(self, data_dir=None):
        """The images as `Splits`.

        Args:
            data_dir: folder with the data set's files, or `None` or empty.

        Raises:
            UserError: if a file is missing or damaged.
        """


def split_off(images, count, seed=0):
    """Shuffle with a fixed seed and split off `count` images.

    Returns:
        The others, and those split off.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order[count:]], images[order[:count]]


def hold_out_last(train, test, count):
    """`Splits` with the last training images as validation.

    Args:
        train, test: the published splits.
        count: images of the validation split; at most half of the training images.
    """
    count = min(count, len(train) // 2)
    return Splits(train[:-count], train[-count:], test)


def split_rows(images, count, seed=0):
    """`split_off` for images that stay on disk: two `Rows`.

    Args:
        images: a memory-mapped array.
        count: how many to split off; at most half of them.
        seed: seed of the shuffle.
    """
    indices = np.arange(len(images))
    parts = split_off(indices, min(count, len(images) // 2), seed)
    return tuple(Rows(images, part) for part in parts)
