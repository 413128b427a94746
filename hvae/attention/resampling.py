"""Lossless changes of an image's size."""

from keras import ops


def space_to_depth(inputs, size):
    """Every pixel of a coarser image holds the entries of all the pixels that lie in it.

    Args:
        inputs: `(batch, height, width, entries, channels)`.
        size: height and width to come down to; what is no larger stays as it is.

    Returns:
        `(batch, *size, rows · columns · entries, channels)`, where `rows` by `columns`
        pixels become one.
    """
    _, height, width, entries, channels = inputs.shape
    rows, columns = max(1, height // size[0]), max(1, width // size[1])
    if rows * columns == 1:
        return inputs
    height, width = height // rows, width // columns
    lines = ops.reshape(inputs, (-1, rows, width, columns * entries * channels))
    lines = ops.transpose(lines, (0, 2, 1, 3))
    return ops.reshape(lines, (-1, height, width, rows * columns * entries, channels))


def depth_to_space(inputs, size):
    """The inverse of `space_to_depth`, up to `size`; what is no smaller stays as it is."""
    _, height, width, entries, channels = inputs.shape
    rows, columns = max(1, size[0] // height), max(1, size[1] // width)
    if rows * columns == 1:
        return inputs
    entries //= rows * columns
    lines = ops.reshape(inputs, (-1, width, rows, columns * entries * channels))
    lines = ops.transpose(lines, (0, 2, 1, 3))
    return ops.reshape(lines, (-1, height * rows, width * columns, entries, channels))
