"""Images in rows and columns."""

import math

import numpy as np

from utils.figures.shared.canvas import figure, show_grid


def draw_image_grid(path, images, levels, title, columns=0):
    """Draw images row by row.

    Args:
        path: the PNG file.
        images: integers, `(images, height, width, channels)`.
        levels: number of intensity levels.
        title: what they are.
        columns: images in a row; 0 for about as many as rows, at least 8.
    """
    images = np.asarray(images)
    columns = columns or min(len(images), max(8, math.ceil(math.sqrt(len(images)))))
    rows = -(-len(images) // columns)
    height, width = images.shape[1:3]
    grid_height = 6.0 * rows * height / (columns * width)
    with figure(path, size=(6.2, grid_height + 0.4)) as (_, axes):
        show_grid(axes[0, 0], images, levels, columns)
        axes[0, 0].set_title(title, fontsize=11)
