"""What reconstruction gives."""

from typing import NamedTuple

import numpy as np


class Reconstruction(NamedTuple):
    """What becomes of some images."""

    images: np.ndarray  # (images, height, width, channels), integers below `output_levels`
    nll: np.ndarray  # (images,), −log p(x|z) of the originals, nats
