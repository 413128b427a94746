"""Some rows of an array that may be larger than memory."""

import numpy as np


class Rows:
    """Rows of an array that is not in memory; slices are views, an array of numbers reads.

    Args:
        images: integers, `(images, height, width, channels)`, a memory-mapped array or `Items`.
        indices: which rows, in which order.
    """

    def __init__(self, images, indices):
        self.images = images
        self.indices = np.asarray(indices)
        self.shape = (len(self.indices), *images.shape[1:])
        self.dtype = images.dtype

    def __len__(self):
        return len(self.indices)

    def __getitem__(self, key):
        rows = self.indices[key]
        if isinstance(key, slice):
            return Rows(self.images, rows)
        return self.images[rows]

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.images[self.indices], dtype=dtype)
