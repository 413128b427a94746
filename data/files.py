"""Find and read the files of data sets, with errors that name file and folder."""

import contextlib
import importlib
import lzma
import pathlib
import pickle
import tarfile
import zipfile
import zlib

import numpy as np

from hvae.errors import UserError
from hvae.images.checked_images import check_shape_and_dtype

_DAMAGE = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    pickle.UnpicklingError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)

#: Of what is unpacked into memory; CIFAR-10 has 150 MB, SVHN with its extra images 1.9 GB.
_MOST_BYTES = 4 * 2**30


def check_folder(folder):
    """The folder as a path, where ~ is the user's own.

    Raises:
        UserError: if it does not exist.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise UserError(f"data_dir: no such folder. Received: {folder}")
    return folder


@contextlib.contextmanager
def reading(path, *errors):
    """Turns whatever a damaged file raises into one line that names it.

    Args:
        path: the file.
        errors: exceptions that only readers of this format raise.
    """
    try:
        yield
    except UserError:
        raise
    except (*_DAMAGE, *errors) as error:
        reason = str(error) or type(error).__name__
        raise UserError(f"{path} is damaged or truncated ({reason}); fetch it again") from error


def check_images(source, images, info):
    """The images, if they are such as the data set has.

    Args:
        source: where they come from, for the message.
        images: an array.
        info: the `DatasetInfo` that they must fit.

    Raises:
        UserError: if their shape or type is another, or there are none.
    """
    check_shape_and_dtype(images.shape, images.dtype.name, info, name=str(source))
    if images.dtype != np.uint8:
        raise UserError(f"{source}: must be uint8. Received: {images.dtype}")
    return images


def read_npz(path, names):
    """Arrays of these names from an `.npz` file.

    Raises:
        UserError: if it is damaged, lacks one, or one would be larger than any published one.
    """
    with reading(path), np.load(path, allow_pickle=False) as arrays:
        for name in names:
            member = name if name in arrays.zip.namelist() else f"{name}.npy"
            check_size(path, name, arrays.zip.getinfo(member).file_size)
        return [arrays[name] for name in names]


def check_size(path, name, size):
    """Refuse what would fill the memory: a small file may unpack to any size.

    Args:
        path: the file.
        name: what in it, for the message.
        size: bytes that it would have in memory.

    Raises:
        UserError: if these are more than any published set has.
    """
    if size > _MOST_BYTES:
        raise UserError(
            f"{path}: {name} would be {size:,} bytes, more than any published set has; "
            "fetch it again"
        )


def through_keras(name, advice):
    """What `keras.datasets.NAME.load_data()` gives.

    Raises:
        UserError: if it cannot be fetched; ends in the `advice`.
    """
    module = importlib.import_module(f"keras.datasets.{name}")
    try:
        return module.load_data()
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"could not fetch {name} ({reason}). {advice}") from error
