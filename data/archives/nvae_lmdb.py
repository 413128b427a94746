"""LMDB files of NVlabs/NVAE, as `Items`: keys `0`, `1`, ... with raw or encoded images."""

import functools
import importlib

import numpy as np

from data.files import reading
from data.items import Items
from hvae.errors import UserError


def open_nvae_lmdb(path, image_shape, fit=None):
    """Images of one `NAME.lmdb` folder in the order of their keys.

    Args:
        path: the folder.
        image_shape: height, width and channels.
        fit: the `Fit` of encoded pictures; `None` for raw pixels.

    Raises:
        UserError: if it is damaged, or the package that reads it is not installed.
    """
    try:
        lmdb = importlib.import_module("lmdb")
    except ImportError as error:
        raise UserError(f"{path}: pip install lmdb, which reads it") from error
    with reading(path, lmdb.Error):
        environment = _environment(str(path.resolve()))
        count = environment.stat()["entries"]
        needed = (environment.info()["last_pgno"] + 1) * environment.stat()["psize"]
        # It is mapped: what reads beyond its end ends the process.
        if (path / "data.mdb").stat().st_size < needed:
            raise ValueError(f"shorter than the {needed:,} bytes that it says")

    def read(number):
        with reading(path, lmdb.Error), environment.begin(buffers=True) as transaction:
            content = transaction.get(str(number).encode())
            if content is None:
                raise ValueError(f"no key {number} among {count}")
            if fit is not None:
                return fit(bytes(content), f"{path}: {number}")
            return np.frombuffer(content, np.uint8).reshape(image_shape).copy()

    if count:
        read(0)
    return Items(range(count), read, image_shape)


@functools.cache
def _environment(path):
    """One for each folder: a process may not open it twice."""
    return importlib.import_module("lmdb").open(path, readonly=True, lock=False, readahead=False)
