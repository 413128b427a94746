"""Images, or numbers of images, a fixed number at a time."""

import math
from collections.abc import Sequence

import numpy as np

from hvae.errors import UserError


class Steps(Sequence):
    """Steps of a loop over images: the `range` of places that each goes through.

    Args:
        count: how many images there are.
        size: images of a step; the last may have fewer.
        repeats: each step is there so often, one after the other.
    """

    def __init__(self, count, size, repeats=1):
        self._count, self._size, self._repeats = count, size, repeats

    @property
    def num_images(self):
        """How many images all steps go through, each as often as it is there."""
        return self._count * self._repeats

    def __len__(self):
        return math.ceil(self._count / self._size) * self._repeats

    def __getitem__(self, step):
        if not 0 <= step < len(self):
            raise IndexError(step)
        start = step // self._repeats * self._size
        return range(start, min(start + self._size, self._count))


def numbered_batches(images, batch_size, numbers=None, progress=iter):
    """Images with their numbers, batch by batch, filled up as in `filled_batches`.

    Args:
        images: `(images, height, width, channels)`, an array or slices of one.
        batch_size: images of a batch, but never more than there are.
        numbers: as in `image_numbers`.
        progress: wraps the sequence of batches, `Steps`, as `tqdm` does.

    Yields:
        Position of the first image, the batch, its numbers, and how many images of it count.

    Raises:
        UserError: as `image_numbers`.
    """
    numbers = image_numbers(numbers, len(images))
    for start, batch, count in filled_batches(images, batch_size, progress):
        yield start, batch, filled_batch(numbers, start, len(batch))[0], count


def sampled_batches(images, batch_size, num_samples, numbers=None, progress=iter):
    """Images with their numbers, batch by batch, each batch once for every sample.

    Args:
        images, batch_size, numbers: as in `numbered_batches`.
        num_samples: samples of every image.
        progress: wraps the sequence of steps, `Steps`, one sample of one batch each.

    Yields:
        As `numbered_batches`, and the sample's number.

    Raises:
        UserError: as `image_numbers`.
    """
    numbers = image_numbers(numbers, len(images))
    size = min(batch_size, len(images))
    for step, places in enumerate(progress(Steps(len(images), size, num_samples))):
        start, sample = places.start, step % num_samples
        if sample == 0:
            batch, count = filled_batch(images, start, size)
            of_batch, _ = filled_batch(numbers, start, size)
        yield start, batch, of_batch, count, sample


def image_numbers(numbers, count):
    """Numbers of images in their set, on which their noise depends.

    Args:
        numbers: one whole number for each image; `None`: 0, 1, …, the images are the set.
        count: how many images there are.

    Returns:
        `(count,)`, int64.

    Raises:
        UserError: if there is not one for each image, or one is negative.
    """
    if numbers is None:
        return np.arange(count)
    numbers = np.asarray(numbers)
    if numbers.shape != (count,) or numbers.dtype.kind not in "iu" or numbers.min(initial=0) < 0:
        raise UserError(
            f"numbers: must be {count} whole numbers from 0 on, one for each image. "
            f"Received: shape {numbers.shape}, {numbers.dtype}"
        )
    return numbers.astype(np.int64)


def filled_batches(items, batch_size, progress=iter):
    """All items, batch by batch, the last one filled up as `filled_batch` does.

    Args:
        items: `(items, …)`, an array, slices of one, or a sequence of numbers.
        batch_size: items of a batch, but never more than there are.
        progress: wraps the sequence of batches, `Steps`, as `tqdm` does.

    Yields:
        Position of the first item, the batch, and how many items of it count.
    """
    size = min(batch_size, len(items))
    for places in progress(Steps(len(items), size)):
        yield places.start, *filled_batch(items, places.start, size)


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
