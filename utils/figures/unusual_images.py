"""Images that a model finds unusual, and where."""

import numpy as np

from utils.figures.shared.canvas import figure, tile


def draw_unusual_images(path, images, upper, maps, labels, title):
    """Three rows: images, what the upper blocks make of them, what the lowest blocks add.

    Args:
        path: the PNG file.
        images: of 256 levels, `(images, height, width, channels)`, the most unusual first.
        upper: the same, decoded with the lowest blocks from the prior.
        maps: KL of the lowest blocks, `(images, height, width)`, bits per pixel.
        labels: text below each image.
        title: one line.
    """
    from matplotlib import cm, colormaps, colors

    count, height, width, _ = images.shape
    colour = cm.ScalarMappable(
        colors.Normalize(min(0.0, maps.min()), maps.max()), colormaps["magma"]
    )
    rows = [np.broadcast_to(part / 255, (*maps.shape, 3)) for part in (images, upper)]
    rows.append(colour.cmap(colour.norm(maps))[..., :3])
    gap = max(1, height // 12)
    grid = tile(np.concatenate(rows), count, gap)
    side = 0.75
    size = (side * count + 2.6, 3 * side * height / width + 1.3)
    with figure(path, size=size) as (canvas, axes):
        axis = axes[0, 0]
        axis.imshow(np.nan_to_num(grid, nan=1.0), interpolation="nearest")
        axis.spines[:].set_visible(False)
        axis.tick_params(length=0, labelsize=8)
        axis.set_xticks([i * (width + gap) + (width - 1) / 2 for i in range(count)], labels)
        axis.set_yticks(
            [i * (height + gap) + (height - 1) / 2 for i in range(3)],
            ["image", "upper blocks", "lowest blocks"],
        )
        axis.set_title(title, fontsize=11)
        canvas.colorbar(colour, ax=axis, label="KL, bits per pixel", shrink=0.8)
