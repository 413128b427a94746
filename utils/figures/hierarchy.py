"""What is open below each level of the hierarchy."""

import numpy as np

from utils.figures.shared.canvas import figure, show_grid


def draw_hierarchy(path, image, draws, labels, levels):
    """The image, a row of draws for every level, and maps of the deviation that is left.

    Args:
        path: the PNG file.
        image: of 256 levels, `(height, width, channels)`.
        draws: a `HierarchyDraws`.
        labels: per row, what comes from the posterior.
        levels: number of intensity levels of the draws.
    """
    from matplotlib import cm, colormaps, colors

    rows, columns, height, width, _ = draws.images.shape
    deviation = draws.std / (levels - 1)
    colour = cm.ScalarMappable(colors.Normalize(0.0, deviation.max()), colormaps["magma"])
    # One picture of all: what belongs together is in line.
    pictures = np.empty((rows, columns + 2, height, width, 3))
    pictures[:, 0] = image / 255
    pictures[:, 1:-1] = draws.images / (levels - 1)
    pictures[:, -1] = colour.cmap(colour.norm(deviation))[..., :3]
    side = 0.68
    size = (side * (columns + 2) + 2.2, side * height / width * rows + 0.7)
    with figure(path, size=size) as (canvas, axes):
        axis = axes[0, 0]
        show_grid(axis, pictures.reshape(-1, height, width, 3), 2, columns + 2)
        bottom, top = axis.get_ylim()
        step = (bottom - top) / rows
        for row, label in enumerate(labels):
            axis.text(-1.5, top + step * (row + 0.5), label, ha="right", va="center")
        axis.set_title("image; draws with z from q as far as the left says; their deviation")
        canvas.colorbar(colour, ax=axis, label="standard deviation, share of the range")


def draw_remaining_deviation(path, deviations, labels, title):
    """Root mean square over the pixels of the deviation that each level leaves.

    Args:
        path: the PNG file.
        deviations: `(images, rows)`, shares of the range of intensities.
        labels: per row, what comes from the posterior.
        title: which images.
    """
    positions = np.arange(len(labels))
    with figure(path, size=(7.0, 4.2)) as (_, axes):
        axis = axes[0, 0]
        for values in deviations:
            axis.plot(positions, values, color="#8a8f98", alpha=0.5, linewidth=1)
        mean = deviations.mean(axis=0)
        axis.plot(positions, mean, color="#1f6feb", marker="o", label="mean over the images")
        axis.set_xticks(positions, labels, rotation=90 if len(labels) > 8 else 0)
        axis.set_xlabel("blocks from the posterior; the others from the prior")
        axis.set_ylabel("standard deviation left, share of the range")
        axis.set_ylim(bottom=0.0)
        axis.set_title(title)
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
        axis.spines[["top", "right"]].set_visible(False)
