import numpy as np
import pytest
from keras import ops

from hvae.families.lvae.layers.image_mask import ImageMask
from tests.harness import run_layer_test


def test_layer():
    run_layer_test(ImageMask, {"image_size": (3, 5)}, (2, 4, 8, 3), (2, 4, 8, 3), 0)


@pytest.mark.parametrize(
    ("image_size", "rows", "columns"),
    [((3, 5), slice(0, 3), slice(1, 6)), ((2, 8), slice(1, 3), slice(0, 8))],
)
def test_only_the_image_stays(image_size, rows, columns, rng):
    """Of an odd margin, the larger part is below and on the right, as in `HVAE`."""
    x = rng.standard_normal((2, 4, 8, 3)).astype("float32")
    expected = np.zeros_like(x)
    expected[:, rows, columns] = x[:, rows, columns]
    layer = ImageMask(image_size)
    layer.build(x.shape)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), expected)
