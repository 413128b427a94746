"""Where in the hierarchy and where in the image the bits go."""

import numpy as np

from utils.figures.shared.canvas import figure, show_grid
from utils.figures.shared.palette import scale_palette

COLUMNS = 8


def draw_cumulative_kl(path, kl, scales, reporter, title):
    """KL of all blocks down to each one, from the top of the hierarchy.

    Args:
        path: the PNG file.
        kl: nats, `(images, blocks)`, smallest scale first.
        scales: the `Scale` of every block.
        reporter: the model's `Reporter`.
        title: which images.
    """
    cumulative = reporter(np.cumsum(kl, axis=1))
    numbers = np.arange(kl.shape[1])
    names = np.array([str(scale) for scale in scales])
    with figure(path, size=(7.5, 4.2)) as (_, axes):
        axis = axes[0, 0]
        for name, colour in scale_palette(names).items():
            is_here = names == name
            mean = cumulative[:, is_here].mean(axis=0)
            axis.bar(numbers[is_here], mean, color=colour, label=name, width=0.9)
        low, high = np.percentile(cumulative, (10, 90), axis=0)
        mean = cumulative.mean(axis=0)
        axis.errorbar(
            numbers,
            mean,
            yerr=np.maximum((mean - low, high - mean), 0.0),
            fmt="none",
            ecolor="#333333",
            elinewidth=1,
            capsize=2,
            label="80 % of the images",
        )
        axis.set_xlabel("latent block, from the top of the hierarchy down")
        axis.set_ylabel(f"KL of all blocks so far, {reporter.label}")
        axis.set_title(f"cumulative KL, {title}")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.legend(frameon=False, fontsize="small")
        axis.spines[["top", "right"]].set_visible(False)


def draw_mean_maps(path, map_of_scales, title):
    """The average over images of each scale's map, and of their sum.

    Args:
        path: the PNG file.
        map_of_scales: name of a scale → `(height, width)`, bits per pixel.
        title: which images.
    """
    maps = {"all scales": sum(map_of_scales.values()), **map_of_scales}
    columns = min(5, len(maps))
    rows = -(-len(maps) // columns)
    size = (1.8 * columns + 0.9, 2.2 * rows + 0.5)
    most = max(bits.max() for bits in maps.values())
    with figure(path, rows, columns, size=size) as (canvas, axes):
        for axis in axes.flat:
            axis.set_axis_off()
        for axis, (name, bits) in zip(axes.flat, maps.items()):
            picture = axis.imshow(bits, cmap="magma", vmin=0.0, vmax=most, interpolation="nearest")
            axis.set_title(f"{name}\n{bits.sum():.2f} bits", fontsize="medium")
        canvas.colorbar(picture, ax=axes, label="KL, bits per pixel", shrink=0.8)
        canvas.suptitle(f"mean KL by pixel, {title}")


def draw_bit_maps(path, images, maps, levels):
    """Pairs of rows: images above, where their bits go below.

    Args:
        path: the PNG file.
        images: integers, `(images, height, width, channels)`.
        maps: `(images, height, width)`, bits per pixel.
        levels: number of intensity levels.
    """
    from matplotlib import cm, colormaps, colors

    columns = min(COLUMNS, len(images))
    colour = cm.ScalarMappable(colors.Normalize(0.0, maps.max()), colormaps["magma"])
    pictures = np.broadcast_to(images / (levels - 1), (*images.shape[:3], 3))
    coloured = colour.cmap(colour.norm(maps))[..., :3]
    rows = []
    for start in range(0, len(images), columns):
        rows += [_row(pictures, start, columns), _row(coloured, start, columns)]
    row_height = 0.95 * images.shape[1] / images.shape[2]
    size = (0.95 * columns + 1.2, row_height * len(rows) + 0.6)
    with figure(path, size=size) as (canvas, axes):
        show_grid(axes[0, 0], np.concatenate(rows), 2, columns)
        axes[0, 0].set_title("images (odd rows) and where their bits go")
        canvas.colorbar(colour, ax=axes[0, 0], label="KL, bits per pixel", shrink=0.7)


def _row(pictures, start, columns):
    """Some pictures, and white ones to the end of the row."""
    row = np.ones((columns, *pictures.shape[1:]))
    row[: len(pictures) - start] = pictures[start : start + columns]
    return row
