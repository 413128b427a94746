"""Some rows of an array that may be larger than memory."""

import numpy as np


class Rows:
    """Rows of a memory-mapped array; slices are views, an array of numbers reads.

    Args:
        images: integers, `(images, height, width, channels)`.
        indices: which rows, in which order.
        drop_bits: so many low bits of every pixel are dropped.
    """

    def __init__(self, images, indices, drop_bits=0):
        self.images = images
        self.indices = np.asarray(indices)
        self.drop_bits = drop_bits
        self.shape = (len(self.indices), *images.shape[1:])
        self.dtype = images.dtype

    def __len__(self):
        return len(self.indices)

    def __getitem__(self, key):
        rows = self.indices[key]
        if isinstance(key, slice):
            return Rows(self.images, rows, self.drop_bits)
        return self.images[rows] >> self.drop_bits

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.images[self.indices] >> self.drop_bits, dtype=dtype)
