"""What one latent block decides."""

import numpy as np

from utils.figures.shared.labelled_rows import draw_labelled_rows


def draw_exploration(path, exploration, names, levels, title):
    """Two rows for each image: its block drawn anew, and moved along a direction.

    Args:
        path: the PNG file.
        exploration: an `Exploration`, with one draw less than amounts.
        names: what each image is.
        levels: number of intensity levels.
        title: which block.
    """
    rows, labels = [], []
    for name, unchanged, redrawn, moved in zip(names, *exploration[:3]):
        rows += [np.concatenate([unchanged[None], redrawn]), moved]
        labels += [f"{name},\nredrawn", "moved"]
    draw_labelled_rows(
        path,
        rows,
        labels,
        levels,
        f"{title}: its noise redrawn and moved, all other frozen\n"
        "redrawn: first as it was, then new draws",
        [f"{amount:+.3g}" if amount else "0" for amount in exploration.amounts],
        "moved along one direction, standard deviations of the noise",
    )
