"""Grey levels as probabilities of binary pixels."""

import numpy as np

#: Values of the flag: grey levels as they are, one draw for all, a draw in each epoch.
MODES = ("none", "static", "dynamic")


def draw_binary(images, levels, seed):
    """Every pixel 1 with probability value / (levels − 1), uint8.

    Args:
        images: integers 0 … levels − 1.
        levels: number of grey levels.
        seed: seed of the draw.

    Reference:
        Salakhutdinov & Murray 2008.
    """
    uniform = np.random.default_rng(seed).random(images.shape, dtype=np.float32)
    return (uniform * (levels - 1) < images).astype(np.uint8)
