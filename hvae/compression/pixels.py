"""Images on the stack, some pixels at a time: tables of all would be far larger than images."""

import numpy as np

from hvae.compression.digits import Digits
from hvae.images.image_dtype import image_dtype
from hvae.inference.running.batches import filled_batch

#: How many pixels have a table at the same time.
PIXELS_AT_A_TIME = 4096
_LEAST = 1e-30


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
    base, spans = Digits.of_levels(walks.levels)
    for start in reversed(range(0, len(values), PIXELS_AT_A_TIME)):
        piece = filled_batch(parameters, start, PIXELS_AT_A_TIME)[0]
        known, count = filled_batch(values, start, PIXELS_AT_A_TIME)
        for channel in reversed(range(images.shape[-1])):
            for span in reversed(spans):
                table = normalized(walks.range_table(piece, known, channel, span)[:count])
                stack.push_values(known[:count, channel] // span % base, table)


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
    spans = Digits.of_levels(walks.levels).spans
    for start in range(0, len(parameters), PIXELS_AT_A_TIME):
        piece, count = filled_batch(parameters, start, PIXELS_AT_A_TIME)
        known = np.zeros((PIXELS_AT_A_TIME, walks.image_channels), np.int32)
        for channel in range(walks.image_channels):
            for span in spans:
                table = normalized(walks.range_table(piece, known, channel, span)[:count])
                known[:count, channel] += span * stack.pop_values(table)
        images[start : start + count] = known[:count]
    return images.reshape(shape)


def normalized(table):
    """Probabilities that sum to 1, float32, from those times any factor; none is 0.

    Args:
        table: `(…, ranges)`.
    """
    # What is improbable in all ranges is equally so.
    table = np.maximum(table, _LEAST).astype("float64")
    table /= table.sum(axis=-1, keepdims=True)
    return np.ascontiguousarray(table, dtype=np.float32)
