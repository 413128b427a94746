"""Images of any number of levels as those of 256."""

import numpy as np


def eight_bits(images, levels):
    """Levels 0 … levels − 1 spread over 0 … 255, as picture files hold them.

    Args:
        images: integers of any shape.
        levels: number of levels.

    Returns:
        uint8, same shape.
    """
    return np.rint(np.asarray(images, np.float64) * (255.0 / (levels - 1))).astype(np.uint8)
