"""Images in a `.npy` file that may be larger than memory."""

import threading

import numpy as np

from data.rows import Rows


class StoredImages:
    """The array of a `.npy` file, of which only what is asked for is read.

    A memory map would do the same, but its pages count as memory of the process for as long as
    the system likes, and each is fetched on its own: here a row is read by one system call.

    Args:
        path: the file.

    Raises:
        ValueError, OSError: if it is no such file, or is truncated.
    """

    def __init__(self, path):
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if not array.flags.c_contiguous:
            raise ValueError("rows must be stored one after the other")
        self.path = path
        self.shape = array.shape
        self.dtype = array.dtype
        # Kept open: what is put in the place of the file does not change what is read here.
        self._file = open(path, "rb", buffering=0)
        self._lock = threading.Lock()  # threads share the position in it
        self._offset = array.offset
        self._row_bytes = array.nbytes // max(1, len(array))

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        """One image by its number, an array of several by theirs, or `Rows` by a slice."""
        if isinstance(key, slice):
            return Rows(self, np.arange(len(self))[key])
        if isinstance(key, (int, np.integer)):
            return self._read(np.array([range(len(self))[key]]))[0]
        numbers = np.asarray(key)
        if numbers.dtype == bool:
            numbers = np.flatnonzero(numbers)
        return self._read(numbers)

    def __array__(self, dtype=None, copy=None):
        return self._read(np.arange(len(self))).astype(dtype or self.dtype, copy=False)

    def _read(self, numbers):
        images = np.empty((len(numbers), *self.shape[1:]), self.dtype)
        with self._lock:
            for image, number in zip(images, numbers.tolist()):
                self._file.seek(self._offset + range(len(self))[number] * self._row_bytes)
                self._fill(memoryview(image).cast("B"))
        return images

    def _fill(self, row):
        while len(row):
            count = self._file.readinto(row)
            if not count:
                raise OSError(f"{self.path} has become shorter")
            row = row[count:]
