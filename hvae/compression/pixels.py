"""Images on the stack, some pixels at a time: tables of all would be far larger than images."""

import numpy as np

from hvae.images.image_dtype import image_dtype
from hvae.inference.running.batches import filled_batch

# Probabilities of a table: of some hundred pixels at 256 levels.
_PROBABILITIES = 2**17
_MOST_PIXELS = 512


def pixels_at_a_time(levels):
    """How many pixels have a table at the same time."""
    return max(1, min(_MOST_PIXELS, _PROBABILITIES // levels))


def push_images(stack, walks, parameters, images):
    """Push images under p(x|z).

    Args:
        stack: the `Stack`.
        walks: the `Walks`.
        parameters: the likelihood's, `(batch, height, width, num_parameters)` float32.
        images: integers, `(batch, height, width, channels)`.
    """
    values = images.reshape(-1, images.shape[-1]).astype(np.int32)
    parameters = parameters.reshape(len(values), -1)
    size = pixels_at_a_time(walks.levels)
    for start in reversed(range(0, len(values), size)):
        piece = filled_batch(parameters, start, size)[0]
        known, count = filled_batch(values, start, size)
        for channel in reversed(range(images.shape[-1])):
            table = _probabilities(walks.log_table(piece, known, channel)[:count])
            stack.push_values(known[:count, channel], table)


def pop_images(stack, walks, parameters):
    """The inverse of `push_images`.

    Args:
        stack: the `Stack`.
        walks: the `Walks`.
        parameters: as of `push_images`.

    Returns:
        Integers, `(batch, height, width, channels)`: uint8 up to 256 levels.
    """
    shape = (*parameters.shape[:-1], walks.image_channels)
    parameters = parameters.reshape(-1, parameters.shape[-1])
    images = np.empty((len(parameters), walks.image_channels), image_dtype(walks.levels))
    size = pixels_at_a_time(walks.levels)
    for start in range(0, len(parameters), size):
        piece, count = filled_batch(parameters, start, size)
        known = np.zeros((size, walks.image_channels), np.int32)
        for channel in range(walks.image_channels):
            table = _probabilities(walks.log_table(piece, known, channel)[:count])
            known[:count, channel] = stack.pop_values(table)
        images[start : start + count] = known[:count]
    return images.reshape(shape)


def _probabilities(log_table):
    highest = log_table.max(axis=-1, keepdims=True)
    probabilities = np.exp((log_table - highest).astype("float64"))
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    return np.ascontiguousarray(probabilities, dtype=np.float32)
