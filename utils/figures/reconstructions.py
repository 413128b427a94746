"""Images beside what the model makes of them."""

import numpy as np

from utils.figures.shared.canvas import figure, show_grid

COLUMNS = 16
_LARGEST_INCHES = 1.5
_TEXTS = {"mean": "the mean of p(x|z)", "mode": "the mode of p(x|z)", "sample": "samples of p(x|z)"}


def draw_reconstructions(path, images, reconstructions, output="mean"):
    """Pairs of rows: originals above, reconstructions below.

    Args:
        path: the PNG file.
        images, reconstructions: of 256 levels, `(images, height, width, channels)`.
        output: what the reconstructions show: `"mean"`, `"mode"` or `"sample"`.
    """
    rows = []
    for start in range(0, len(images), COLUMNS):
        rows += [images[start : start + COLUMNS], reconstructions[start : start + COLUMNS]]
    columns = min(COLUMNS, len(images))
    # A last pair of rows that is not full stays a pair.
    blank = np.full_like(images[:1], 255)
    rows = [np.concatenate([row, *[blank] * (columns - len(row))]) for row in rows]
    height, width = images.shape[1:3]
    row_height = min(9.0 * height / (columns * width), _LARGEST_INCHES)
    with figure(path, size=(9.0, row_height * len(rows) + 0.4)) as (_, axes):
        show_grid(axes[0, 0], np.concatenate(rows), 256, columns)
        axes[0, 0].set_title(
            f"originals (odd rows) and {_TEXTS[output]}, z from the posterior (even rows)"
        )
