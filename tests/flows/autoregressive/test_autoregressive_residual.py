"""The order, and the diagonal in closed form."""

import random

import numpy as np
import pytest
from keras import ops

from hvae.flows.autoregressive.autoregressive_residual import AutoregressiveResidual
from tests.flows.harness import SIZES, build_random, random_latents
from tests.harness import compiled, gradient, jacobians


@pytest.mark.parametrize("spectral_norm", [True, False])
@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("hidden", [3, 16])
def test_the_jacobian_is_triangular_with_the_diagonal_that_it_tells(shape, hidden, spectral_norm):
    kernel_size = 1 if shape[0] == 1 else 3
    layer = AutoregressiveResidual(hidden, kernel_size, spectral_norm)
    layer = build_random(layer, shape, scale=1.0)
    height, width, channels = shape
    rows, columns, channel = np.indices(shape)
    order = np.argsort(((rows * width - columns) * channels + channel).ravel())
    v = random_latents(shape, count=5)
    matrices = jacobians(lambda t: layer(t).residual, v)
    slopes = ops.convert_to_numpy(compiled(layer, layer)(v).slope).reshape(len(v), -1)
    for matrix, slope in zip(matrices, slopes):
        matrix, slope = matrix[np.ix_(order, order)], slope[order]
        np.testing.assert_array_equal(np.triu(matrix, 1), 0.0)
        np.testing.assert_allclose(np.diag(matrix), slope, atol=2e-6)
        assert np.abs(slope).max() < 0.5
    assert np.count_nonzero(np.tril(matrix, -1)) > 0


def test_the_slope_stays_within_a_half_for_huge_weights():
    layer = build_random(AutoregressiveResidual(16), (4, 4, 4), scale=1e4)
    output = compiled(layer, layer)(random_latents((4, 4, 4)))
    slope = ops.convert_to_numpy(output.slope)
    assert np.isfinite(slope).all() and np.abs(slope).max() <= 0.5
    assert np.isfinite(ops.convert_to_numpy(output.residual)).all()


def test_it_starts_as_zero_but_with_gradients():
    random.seed(0)
    layer = AutoregressiveResidual(16)
    layer.build((None, 4, 4, 2))
    v = random_latents((4, 4, 2))
    output = compiled(layer, layer)(v)
    assert not ops.convert_to_numpy(output.residual).any()
    assert not ops.convert_to_numpy(output.slope).any()
    assert layer.inner.gain.shape == layer.outer.gain.shape == (4,)
    # a and d start as zero only, and not as zero times zero.
    layer.outer.bias.assign([1.0, 0.0] * 2)
    moved = gradient(lambda t: ops.sum(ops.square(layer(t).residual)), v)
    assert np.isfinite(moved).all() and np.abs(moved).max() > 0.0
