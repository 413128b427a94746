"""Images beside what the model makes of them."""

import numpy as np

from utils.figures.canvas import figure, show_grid

COLUMNS = 16


def draw_reconstructions(path, images, reconstructions, levels):
    """Pairs of rows: originals above, reconstructions below.

    Args:
        path: the PNG file.
        images, reconstructions: integers, `(images, height, width, channels)`.
        levels: number of intensity levels.
    """
    rows = []
    for start in range(0, len(images), COLUMNS):
        rows += [images[start : start + COLUMNS], reconstructions[start : start + COLUMNS]]
    with figure(path, 1, 1, size=(9.0, 0.57 * len(rows) + 0.4)) as (_, axes):
        show_grid(axes[0, 0], np.concatenate(rows), levels, min(COLUMNS, len(images)))
        axes[0, 0].set_title(
            "originals (odd rows) and the mean of p(x|z), z from the posterior (even rows)"
        )
