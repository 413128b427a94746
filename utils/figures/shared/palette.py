"""Colours of scales."""

import numpy as np


def scale_palette(names):
    """A colour for every name of a scale, from the smallest to the largest, each once."""
    from matplotlib import colormaps

    names = list(dict.fromkeys(names))
    steps = np.linspace(0.15, 0.85, len(names))
    return {name: colormaps["viridis"](step) for name, step in zip(names, steps)}
