"""The bound is never too small, and not much too large."""

import random

import numpy as np
import pytest
from keras import ops

from hvae.flows.autoregressive.autoregressive_convolution import AutoregressiveConvolution
from hvae.flows.linear.kernel_bound import bounded_kernel
from tests.harness import gradient


def operator_norm(kernel, height=6, width=6):
    """Largest singular value of a convolution padded with zeros."""
    kernel = ops.convert_to_tensor(kernel)
    size = height * width * kernel.shape[2]
    each_pixel = np.eye(size, dtype="float32").reshape(size, height, width, -1)
    columns = ops.convert_to_numpy(ops.conv(each_pixel, kernel, padding="same"))
    return np.linalg.norm(columns.reshape(size, -1), 2)


def bounded(kernel, largest_norm):
    tensor = ops.convert_to_tensor(kernel)
    places = kernel.shape[0] * kernel.shape[1]
    return ops.convert_to_numpy(bounded_kernel(tensor, largest_norm, places))


@pytest.mark.parametrize("shape", [(3, 3, 2, 2), (3, 3, 4, 1), (1, 1, 5, 5), (5, 5, 1, 3)], ids=str)
@pytest.mark.parametrize("kind", ["random", "constant", "one place"])
def test_no_kernel_exceeds_the_bound(shape, kind):
    rng = np.random.default_rng(0)
    kernel = rng.standard_normal(shape).astype("float32")
    if kind == "constant":  # stretches a constant image by as much as the bound allows
        kernel[:] = 1.0
    if kind == "one place":
        kernel[1:] = kernel[:, 1:] = 0.0
    for factor in (1e-15, 1e-3, 1.0, 1e3, 1e15):
        kept = bounded(factor * kernel, 1.5)
        assert operator_norm(kept) <= 1.5 * (1 + 1e-5)
        assert np.isfinite(kept).all()
        if factor >= 1e3:
            assert operator_norm(kept) >= 0.25
        if factor <= 1e-3:
            np.testing.assert_array_equal(kept, np.float32(factor) * kernel)


def test_a_wide_kernel_keeps_most_of_its_norm():
    kernel = np.random.default_rng(0).standard_normal((3, 3, 32, 32)).astype("float32")
    kept = bounded(kernel, 1.0)
    assert 0.3 < operator_norm(kept, 4, 4) <= 1.0


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("width", [2, 5, 12])
def test_masked_convolutions_are_held(strict, width):
    random.seed(0)
    layer = AutoregressiveConvolution(width, 3, groups=4, strict=strict, norm_bound=1.5)
    layer.build((None, 6, 6, 4))
    layer.gain.assign(100.0 * np.ones(width))
    assert operator_norm(layer.kernel) <= 1.5 * (1 + 1e-5)
    layer.norm_bound = None
    assert operator_norm(layer.kernel) > 50.0


def test_a_kernel_of_zeros_has_a_gradient():
    def total(kernel):
        return ops.sum(bounded_kernel(kernel, 1.5, 9))

    np.testing.assert_allclose(gradient(total, np.zeros((3, 3, 2, 2), "float32")), 1.0)
