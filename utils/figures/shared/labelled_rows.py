"""Rows of images with a label each."""

import numpy as np

from utils.figures.shared.canvas import figure, show_grid

_INCHES = 6.4
_ROW_INCHES = (0.42, 1.6)  # the least lets labels of two lines not touch


def draw_labelled_rows(path, images, labels, levels, title, column_labels=(), axis_label=""):
    """Draw rows of images, labels to their left.

    Args:
        path: the PNG file.
        images: integers, `(rows, columns, height, width, channels)`.
        labels: text of each row.
        levels: number of intensity levels.
        title: one or two lines.
        column_labels: text below each column, or nothing.
        axis_label: what these say.
    """
    images = np.asarray(images)
    rows, columns, height, width, _ = images.shape
    row = float(np.clip(_INCHES * height / (columns * width), *_ROW_INCHES))
    # Labels to the left, title above, axis below.
    size = (row * columns * width / height + 1.6, row * rows + (1.2 if axis_label else 0.9))
    with figure(path, size=(max(size[0], 5.0), size[1])) as (_, axes):
        axis = axes[0, 0]
        show_grid(axis, images.reshape(-1, *images.shape[2:]), levels, columns)
        bottom, right = axis.get_images()[0].get_array().shape[:2]
        axis.set_axis_on()
        axis.spines[:].set_visible(False)
        axis.tick_params(length=0, labelsize=9)
        axis.set_yticks(_centers(rows, height, bottom), labels)
        axis.set_xticks(_centers(len(column_labels), width, right), column_labels)
        axis.set_xlabel(axis_label, fontsize=9)
        axis.set_title(title, fontsize=11)


def _centers(count, size, length):
    """Middles of `count` images of a size along an axis of a grid."""
    step = (length - size) / max(count - 1, 1)
    return [size / 2 - 0.5 + i * step for i in range(count)]
