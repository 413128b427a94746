"""Images with their numbers."""

import math

import numpy as np

from utils.figures.shared.canvas import figure

_INCHES = 8.0
_POINTS_PER_INCH = 72


def draw_contact_sheet(path, images, levels, first, title):
    """Draw images row by row, each below its number.

    Args:
        path: the PNG file.
        images: integers, `(images, height, width, channels)`.
        levels: number of intensity levels.
        first: number of the first image.
        title: how they were drawn.
    """
    pixels = np.repeat(np.asarray(images), 3 if images[0].shape[-1] == 1 else 1, axis=-1)
    count, height, width, _ = pixels.shape
    columns = min(count, max(8, math.ceil(math.sqrt(count))))
    rows = -(-count // columns)
    # Places are measured in widths of a column; an eighth of it is left between images.
    place = _INCHES / columns
    font_size = min(11.0, 0.2 * place * _POINTS_PER_INCH)
    tall = 0.875 * height / width
    step = tall + 0.125 + 1.2 * font_size / (place * _POINTS_PER_INCH)
    with figure(path, size=(_INCHES, rows * step * place + 0.5)) as (_, axes):
        axis = axes[0, 0]
        for i, image in enumerate(pixels / (levels - 1)):
            left, bottom = i % columns, (i // columns + 1) * step
            axis.imshow(
                image,
                extent=(left, left + 0.875, bottom, bottom - tall),
                interpolation="nearest",
            )
            axis.text(left, bottom - tall - 0.03, str(first + i), fontsize=font_size)
        axis.set(xlim=(0, columns), ylim=(rows * step, 0), aspect="equal")
        axis.set_axis_off()
        axis.set_title(f"images {first} to {first + count - 1}, {title}", fontsize=11)
