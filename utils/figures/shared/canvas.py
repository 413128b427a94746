"""Figures that need no display, written whole."""

import contextlib

from hvae.files.atomic import replacing

_DPI = 130

#: Colours of the splits, in every figure.
COLOURS = {"train": "#8a8f98", "validation": "#1f6feb"}


@contextlib.contextmanager
def figure(path, rows=1, columns=1, size=(6.0, 4.0), **options):
    """Gives axes to draw on, and writes them to `path` as PNG at the end."""
    # pyplot keeps global state and wants a display; a bare figure does neither.
    from matplotlib.figure import Figure

    # Laid out at the resolution of the file: text is not as wide at another.
    canvas = Figure(figsize=size, dpi=_DPI, layout="constrained")
    axes = canvas.subplots(rows, columns, squeeze=False, **options)
    yield canvas, axes
    with replacing(path) as temporary:
        canvas.savefig(temporary, format="png")


def tile(images, columns, gap=1):
    """Put images into a grid with gaps, as one array.

    Args:
        images: `(images, height, width, channels)`.
        columns: images in a row.
        gap: pixels between them.

    Returns:
        Floats in 0 … max, gaps as NaN (drawn white).
    """
    import numpy as np

    count, height, width, channels = images.shape
    rows = -(-count // columns)
    grid = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), np.nan)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        grid[top : top + height, left : left + width] = image
    return grid


def show_grid(axis, images, levels, columns):
    """Draw images as a grid with white gaps."""
    import numpy as np

    gap = max(1, images.shape[1] // 12)
    grid = tile(images, columns, gap) / (levels - 1)
    if grid.shape[-1] == 1:
        grid = np.repeat(grid, 3, axis=-1)
    axis.imshow(np.nan_to_num(grid, nan=1.0), interpolation="nearest")
    axis.set_axis_off()
