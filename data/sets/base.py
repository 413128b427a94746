"""What a data set has to provide."""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple

from hvae.errors import UserError


class DatasetInfo(NamedTuple):
    """What is known of a data set without reading it."""

    image_size: tuple[int, int]  # height and width, pixels
    image_channels: int  # 1 or 3
    levels: int  # pixels are 0 … levels − 1
    num_train: int  # images of the whole training split; 0 if only reading it tells
    can_binarize: bool = False  # whether `binarize` makes sense
    can_flip: bool = False  # whether a mirror image could be one of them


class Splits(NamedTuple):
    """The images of a data set, `(images, height, width, channels)`, uint8.

    Arrays, or what reads like one: `len`, `shape`, `dtype`, slices, arrays of numbers.
    """

    train: Any
    validation: Any
    test: Any


class Published(NamedTuple):
    """The images of a data set as its files divide them; `None` where they do not."""

    train: Any
    validation: Any = None
    test: Any = None
    whole: Any = None  # those of training and validation in the published order, if it is known


class Split(NamedTuple):
    """How one codebase makes splits of a data set's files."""

    rule: Callable[[Published], Splits]
    num_train: int = 0  # images of its training split; 0 if as many as `DatasetInfo` says


class Dataset(abc.ABC):
    """Images to train on, and what is known of them; named like its file.

    Args:
        split_of: whose splits, one of `split_names`.

    Raises:
        UserError: if there are none of that name.
    """

    #: The `DatasetInfo`.
    info: DatasetInfo
    #: Values of `split_of` that it takes: this package's own, and codebases that split it.
    split_names: tuple[str, ...] = ("own",)
    #: After `load`: lines on what the user should know of these images.
    remarks: tuple[str, ...] = ()

    def __init__(self, split_of="own"):
        if split_of not in self.split_names:
            raise UserError(
                f"split_of: of {self._name} there are {', '.join(self.split_names)}. "
                f"Received: {split_of}"
            )
        self.split_of = split_of

    def configured(self, pictures):
        """The data set, with its images as `PictureSettings` ask, where it is made of pictures."""
        return self

    @abc.abstractmethod
    def load(self, data_dir=None):
        """The images as `Splits`.

        Args:
            data_dir: folder with the data set's files, or `None` or empty.

        Raises:
            UserError: if a file is missing or damaged.
        """

    def check(self, data_dir=None):  # noqa: B027  a data set without files has nothing to check
        """Refuse what can be refused by a look at the folder, before anything is read.

        Args:
            data_dir: as of `load`.

        Raises:
            UserError: if the files are not there.
        """

    def num_train(self):
        """Images of the whole training split; 0 if only reading it tells."""
        return self.info.num_train

    def has_binary(self, data_dir):
        """Whether a folder has published binary images.

        Args:
            data_dir: as of `load`.
        """
        return False

    def load_binary(self, data_dir):
        """`Splits` of published binary images, where `has_binary`.

        Args:
            data_dir: as of `load`.

        Raises:
            UserError: if a file is missing or damaged.
        """
        raise NotImplementedError

    @property
    def _name(self):
        return type(self).__module__.rsplit(".", 1)[-1]
