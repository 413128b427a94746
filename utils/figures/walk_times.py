"""How long each scale takes."""

import numpy as np

from utils.figures.shared.canvas import figure

_COLOURS = {"encoder": "#8a8f98", "decoder, z from q": "#1f6feb", "decoder, z from p": "#2a9d8f"}


def draw_walk_times(path, milliseconds, title):
    """Bars of the time of every scale.

    Args:
        path: the PNG file.
        milliseconds: name of a scale (or of the head) → times of the encoder and of the
            decoder with z from q and from p; NaN for what does not exist.
        title: what was timed.
    """
    positions = np.arange(len(milliseconds))
    times = np.array(list(milliseconds.values()))
    with figure(path, size=(7.5, 4.0)) as (_, axes):
        axis = axes[0, 0]
        for i, (name, colour) in enumerate(_COLOURS.items()):
            label = f"{name}: {np.nansum(times[:, i]):.1f} ms"
            axis.bar(positions + 0.27 * (i - 1), times[:, i], 0.25, color=colour, label=label)
        axis.set_xticks(positions, list(milliseconds))
        axis.set_xlabel("scale, smallest first")
        axis.set_ylabel("median time, ms")
        axis.set_title(title)
        axis.legend(frameon=False)
        axis.grid(axis="y", alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
