"""Named arrays as a file."""

import numpy as np

from hvae.files.atomic import replacing


def write_arrays(path, **arrays):
    """Write arrays by name as a compressed `.npz`, whole."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, **arrays)
