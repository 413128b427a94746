"""Images that are decoded when they are asked for."""

import concurrent.futures

import numpy as np


class Items:
    """Reads like an array of images, of which none is in memory.

    Args:
        keys: one for each image: a path, a name, a place in a file.
        read: function of a key that gives the image, uint8, `(height, width, channels)`.
        image_shape: height, width and channels.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, keys, read, image_shape):
        self.keys = keys
        self.read = read
        self.shape = (len(keys), *image_shape)

    def __len__(self):
        return len(self.keys)

    def __getitem__(self, key):
        """Further `Items` for a slice, images for an array of numbers, one for a number."""
        if isinstance(key, slice):
            return Items(self.keys[key], self.read, self.shape[1:])
        if np.ndim(key) == 0:
            return self._checked(self.keys[key])
        numbers = np.arange(len(self))[key]
        images = np.empty((len(numbers), *self.shape[1:]), np.uint8)
        # Decoders and files let other threads run meanwhile.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for place, image in enumerate(pool.map(self.__getitem__, numbers.tolist())):
                images[place] = image
        return images

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[np.arange(len(self))], dtype=dtype)

    def _checked(self, key):
        image = self.read(key)
        if image.shape != self.shape[1:]:
            raise ValueError(f"{key}: of shape {image.shape}, not {self.shape[1:]}")
        return image
