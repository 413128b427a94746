import numpy as np
import pytest
from keras import ops

from hvae.attention.resampling import depth_to_space, space_to_depth


@pytest.mark.parametrize("size", [(6, 4), (3, 2), (2, 4), (1, 1)])
def test_nothing_is_lost(rng, size):
    image = rng.standard_normal((2, 6, 4, 3, 5)).astype("float32")
    small = space_to_depth(ops.convert_to_tensor(image), size)
    assert tuple(small.shape) == (2, *size, 24 // (size[0] * size[1]) * 3, 5)
    back = ops.convert_to_numpy(depth_to_space(small, (6, 4)))
    np.testing.assert_array_equal(back, image)


def test_a_pixel_holds_those_that_lie_in_it(rng):
    image = rng.standard_normal((2, 6, 4, 3, 5)).astype("float32")
    small = ops.convert_to_numpy(space_to_depth(ops.convert_to_tensor(image), (3, 1)))
    np.testing.assert_array_equal(small[:, 1, 0], image[:, 2:4, :].reshape(2, -1, 5))


def test_what_is_no_larger_stays(rng):
    image = ops.convert_to_tensor(rng.standard_normal((2, 3, 2, 1, 5)))
    assert space_to_depth(image, (6, 4)) is image
    assert depth_to_space(image, (1, 1)) is image
