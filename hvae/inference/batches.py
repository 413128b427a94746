"""Images a fixed number at a time."""

import numpy as np


def filled_batch(images, start, size):
    """The images from `start` on, as a batch of `size`.

    Another size would be compiled anew: a last batch that is too short is filled up with
    its own images once more.

    Args:
        images: `(images, height, width, channels)`, an array or slices of one.
        start: number of the first.
        size: images of the batch.

    Returns:
        The batch, and how many images of it count.
    """
    batch = np.asarray(images[start : start + size])
    return np.resize(batch, (size, *batch.shape[1:])), len(batch)
