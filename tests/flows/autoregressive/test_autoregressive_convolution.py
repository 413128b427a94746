"""Which pixels an output sees."""

import numpy as np
import pytest
from keras import ops

from hvae.flows.autoregressive.autoregressive_convolution import AutoregressiveConvolution


@pytest.mark.parametrize(
    ("row_start", "mirrored", "seen"),
    [
        ("left", False, [[1, 1, 1], [1, 0, 0], [0, 0, 0]]),
        ("right", False, [[1, 1, 1], [0, 0, 1], [0, 0, 0]]),
        ("left", True, [[0, 0, 0], [0, 0, 1], [1, 1, 1]]),
        ("right", True, [[0, 0, 0], [1, 0, 0], [1, 1, 1]]),
    ],
)
def test_a_row_starts_where_it_is_said(row_start, mirrored, seen, rng):
    """By hand: moving one pixel of the input changes the middle if it comes before it."""
    layer = AutoregressiveConvolution(
        1, 3, groups=1, strict=True, mirrored=mirrored, row_start=row_start
    )
    layer.build((None, 3, 3, 1))
    images = np.zeros((10, 3, 3, 1), "float32")
    images[np.arange(9), np.arange(9) // 3, np.arange(9) % 3] = 1.0  # the last is without
    middle = ops.convert_to_numpy(layer(images))[:, 1, 1, 0]
    changes = np.abs(middle[:9] - middle[9]).reshape(3, 3) > 1e-6
    np.testing.assert_array_equal(changes, np.array(seen, bool))
