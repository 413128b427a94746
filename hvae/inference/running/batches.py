"""Images, or numbers of images, a fixed number at a time."""

import numpy as np


def filled_batches(items, batch_size, progress=iter):
    """All items, batch by batch, the last one filled up as `filled_batch` does.

    Args:
        items: `(items, …)`, an array, slices of one, or a sequence of numbers.
        batch_size: items of a batch, but never more than there are.
        progress: wraps the sequence of batches, as `tqdm` does.

    Yields:
        Number of the first item, the batch, and how many items of it count.
    """
    size = min(batch_size, len(items))
    for start in progress(range(0, len(items), size)):
        yield start, *filled_batch(items, start, size)


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
