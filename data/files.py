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


def check_folder(folder):
    """The folder as a path.

    Raises:
        UserError: if it does not exist.
    """
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise UserError(f"data_dir: no such folder. Received: {folder}")
    return folder


def find_file(folder, names):
    """Path of the first of these names that is in the folder, or `None`.

    Raises:
        UserError: if the folder does not exist.
    """
    folder = check_folder(folder)
    return next((folder / name for name in names if (folder / name).is_file()), None)


def require_file(data_dir, name):
    """Path of a file that must be there, as it cannot be fetched.

    Args:
        data_dir: folder of the file; may be empty.
        name: the file's name.

    Raises:
        UserError: if no folder is given, or the file is not in it.
    """
    if not data_dir:
        raise UserError(f"data_dir: needs the folder that holds {name}; it cannot be fetched")
    path = find_file(data_dir, [name])
    if path is None:
        raise UserError(f"data_dir: no {name} in {data_dir}")
    return path


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
    """Arrays of these names from an `.npz` file."""
    with reading(path), np.load(path, allow_pickle=False) as arrays:
        return [arrays[name] for name in names]


def through_keras(name, files):
    """What `keras.datasets.NAME.load_data()` gives.

    Raises:
        UserError: if it cannot be fetched; names the `files` that would do instead.
    """
    module = importlib.import_module(f"keras.datasets.{name}")
    try:
        return module.load_data()
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"could not fetch {name} ({reason}); put {files} into a folder, "
            "and give it with --data_dir"
        ) from error
