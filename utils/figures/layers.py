"""Samples in which one part of the hierarchy varies."""

from utils.figures.shared.canvas import figure, show_grid


def draw_layers(path, images, levels, title, has_above, has_below, detail):
    """One grid; its edges say what is shared and what is redrawn.

    Args:
        path: the PNG file.
        images: integers, `(rows, columns, height, width, channels)`.
        levels: number of intensity levels.
        title: which part varies.
        has_above, has_below: whether there are blocks above and below it.
        detail: temperature and output, for the line below the title.
    """
    rows, columns, height, width, _ = images.shape
    grid_height = 5.8 * rows * height / (columns * width)
    with figure(path, size=(6.2, grid_height + 0.8)) as (_, axes):
        axis = axes[0, 0]
        show_grid(axis, images.reshape(-1, *images.shape[2:]), levels, columns)
        below = "what is below at its mode, " if has_below else ""
        axis.set_title(f"{title} redrawn in every column\n{below}{detail}", fontsize=10)
        # The grid itself has no axis; its labels belong to one.
        axis.set_axis_on()
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        axis.set_xlabel("columns: redrawn", fontsize=9)
        shared = "what is above is shared" if has_above else "redrawn"
        axis.set_ylabel(f"rows: {shared}", fontsize=9)
