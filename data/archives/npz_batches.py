"""The batches of Downsampled ImageNet: `.npz` files of rows, alone or in zips."""

import io
import pathlib
import re
import zipfile

import numpy as np

from data.archives.safe_names import check_name
from data.files import check_size, reading


class NpzBatches:
    """Reads like an array of images, a batch at a time: quick only from one to the next.

    Args:
        paths: `.npz` files, or zips of such.
        image_shape: height, width and channels.

    Raises:
        UserError: if one is damaged.
    """

    dtype = np.dtype(np.uint8)
    #: A batch is unpacked for every image that is not in the one before.
    is_sequential = True

    def __init__(self, paths, image_shape):
        self._files = [file for path in sorted(paths, key=_number) for file in _files(path)]
        counts = [self._count(file, image_shape) for file in self._files]
        self._starts = np.cumsum([0, *counts])
        self.shape = (int(self._starts[-1]), *image_shape)
        self._unpacked = None, None

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, numbers):
        numbers = np.arange(len(self))[numbers]
        images = np.empty((len(numbers), *self.shape[1:]), np.uint8)
        batches = np.searchsorted(self._starts, numbers, side="right") - 1
        for batch in np.unique(batches):
            chosen = batches == batch
            images[chosen] = self._batch(batch)[numbers[chosen] - self._starts[batch]]
        return images

    def _count(self, file, image_shape):
        """How many images a batch has, from its header alone."""
        path = file[0]
        with reading(path), _opened(file) as content, zipfile.ZipFile(content) as archive:
            with archive.open("data.npy") as member:
                version = np.lib.format.read_magic(member)
                read = np.lib.format.read_array_header_1_0
                shape, _, dtype = (
                    read(member)
                    if version == (1, 0)
                    else np.lib.format.read_array_header_2_0(member)
                )
            size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
            check_size(path, "data", max(size, archive.getinfo("data.npy").file_size))
            if dtype != np.uint8 or shape[1:] != (int(np.prod(image_shape)),):
                raise ValueError(f"data of shape {shape}, {dtype}, not rows of {image_shape}")
            return shape[0]

    def _batch(self, number):
        if self._unpacked[0] != number:
            file = self._files[number]
            with reading(file[0]), _opened(file) as content:
                with np.load(content, allow_pickle=False) as arrays:
                    rows = arrays["data"]
            height, width, channels = self.shape[1:]
            images = rows.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
            self._unpacked = number, images
        return self._unpacked[1]


def _files(path):
    """The batches in a file: its path, and the member's name if it is a zip of them."""
    if path.suffix == ".npz":
        return [(path, None)]
    with reading(path), zipfile.ZipFile(path) as archive:
        names = [check_name(path, name) for name in archive.namelist() if name.endswith(".npz")]
        for name in names:
            check_size(path, name, archive.getinfo(name).file_size)
    return [(path, name) for name in sorted(names, key=_number)]


def _opened(file):
    path, name = file
    if name is None:
        return open(path, "rb")
    with zipfile.ZipFile(path) as archive:
        return io.BytesIO(archive.read(name))


def _number(path):
    """By the numbers in a name: batch 2 comes before batch 10."""
    return [int(digits) for digits in re.findall(r"\d+", pathlib.PurePath(path).name)]
