"""A data set at a glance."""

import numpy as np

from utils.figures.shared.canvas import figure, show_grid

_COLUMNS, _ROWS = 8, 6
_CHANNELS = {1: ("#444444",), 3: ("#c0392b", "#27ae60", "#2c6fbb")}
_MOST_BARS = 64


def draw_data_sheet(path, name, splits, levels):
    """Draw images of every split, how many there are, and how often each level occurs.

    Args:
        path: the PNG file.
        name: what the data set is called.
        splits: `Splits`; of each, images that are spread over it are read.
        levels: number of intensity levels.

    Returns:
        The lines that the figure shows, as text.
    """
    shown = {split: _spread(images) for split, images in splits._asdict().items()}
    height, width, channels = splits.train.shape[1:]
    kind = {1: "grey", 3: "RGB"}[channels]
    title = f"{name}: {height}x{width} {kind}, {levels} levels"
    lines = [title]
    sheet_height = 4.2 * (_ROWS * height) / (_COLUMNS * width)
    with figure(path, 2, 2, size=(9.0, 2 * min(9.0, sheet_height) + 1.2)) as (canvas, axes):
        canvas.suptitle(title, fontsize=12)
        for axis, (split, images) in zip(axes.flat, shown.items()):
            show_grid(axis, images, levels, min(_COLUMNS, len(images)))
            lines.append(f"{split}: {len(getattr(splits, split)):,} images")
            axis.set_title(lines[-1], fontsize=11)
        pixels = shown["train"]
        lines.append(f"pixels of those of train: {_summary(pixels)}")
        _draw_levels(axes[1, 1], pixels, levels)
        axes[1, 1].set_title(lines[-1], fontsize=11)
    return lines


def _spread(images):
    count = min(len(images), _COLUMNS * _ROWS)
    return np.asarray(images[np.linspace(0, len(images) - 1, count).round().astype(int)])


def _summary(pixels):
    return f"{pixels.min()} to {pixels.max()}, mean {pixels.mean():.1f}, std {pixels.std():.1f}"


def _draw_levels(axis, pixels, levels):
    """How often each level occurs, in each channel."""
    edges = np.linspace(-0.5, levels - 0.5, min(levels, _MOST_BARS) + 1)
    for channel, colour in enumerate(_CHANNELS[pixels.shape[-1]]):
        counts, _ = np.histogram(pixels[..., channel], edges)
        axis.stairs(counts / counts.sum(), edges, color=colour, linewidth=1.4)
    axis.set_xlabel("level")
    axis.set_ylabel("share of the pixels")
    axis.spines[["top", "right"]].set_visible(False)
