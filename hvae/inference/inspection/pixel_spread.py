"""Quantities of a scale's positions, spread over the pixels of the image."""

import numpy as np

from hvae.images.padding import margins


def spread_over_pixels(values, padded_size, size):
    """Spread the value of every position evenly over the pixels that it covers.

    A scale divides the padded image into rectangles of one size, one for each position.
    The padding has no pixels: a position that covers some of it gives all of its value to
    the pixels it has, and one that covers nothing else gives it to the nearest pixels. So
    the sum over the image is that over the positions.

    Args:
        values: `(…, scale height, scale width)`.
        padded_size: height and width of the padded image.
        size: height and width of the image.

    Returns:
        `(…, height, width)`, float64.
    """
    (top, _), (left, _) = margins(padded_size, size)
    rows = _shares(values.shape[-2], padded_size[0], top, size[0])
    columns = _shares(values.shape[-1], padded_size[1], left, size[1])
    return rows @ np.asarray(values, np.float64) @ columns.T


def _shares(positions, padded, before, pixels):
    """`(pixels, positions)`: share of a position's value that a pixel gets; columns sum to 1."""
    edges = np.linspace(0.0, padded, positions + 1) - before
    pixel = np.arange(pixels)[:, None]
    overlap = np.minimum(edges[1:], pixel + 1) - np.maximum(edges[:-1], pixel)
    overlap = np.maximum(overlap, 0.0)
    # Only padding: the pixel at this edge of the image.
    nothing = overlap.sum(axis=0) == 0.0
    nearest = np.clip(np.floor(edges[:-1]), 0, pixels - 1).astype(int)
    overlap[nearest[nothing], np.flatnonzero(nothing)] = 1.0
    return overlap / overlap.sum(axis=0)
