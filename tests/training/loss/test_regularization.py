"""Singular values against NumPy's decomposition."""

import numpy as np
import pytest
from keras import layers, ops

from hvae.flows.autoregressive.autoregressive_convolution import AutoregressiveConvolution
from hvae.layers.weight_norm_convolution import WeightNormConvolution
from hvae.training.loss.regularization import Regularization
from tests.conftest import assign
from tests.harness import compiled, variable_gradient

pytestmark = pytest.mark.every_backend


class Net(layers.Layer):
    """One layer of each kind, and two kernels of one shape."""

    def build(self, input_shape):
        rng = np.random.default_rng(0)
        self.parts = [
            layers.Conv2D(5, 3),
            layers.Conv2D(5, 3),
            layers.Conv2DTranspose(6, 3),
            layers.DepthwiseConv2D(5),
            WeightNormConvolution(4, 3),
            AutoregressiveConvolution(8, 3, groups=4),
            layers.BatchNormalization(),
            layers.Dense(3),
        ]
        for part in self.parts:
            part.build(input_shape)
            for weight in part.weights:
                assign(weight, rng.standard_normal(weight.shape))


@pytest.fixture
def net():
    net = Net()
    net.build((None, 8, 8, 4))
    return net


def numpy_sum(net):
    total = 0.0
    for part in net.parts[:6]:
        kernel = ops.convert_to_numpy(part.kernel).astype("float64")
        if isinstance(part, layers.Conv2DTranspose):
            kernel = kernel.swapaxes(2, 3)
        outputs = kernel.shape[2 if isinstance(part, layers.DepthwiseConv2D) else 3]
        total += np.linalg.svd(kernel.reshape(-1, outputs), compute_uv=False)[0]
    return total + np.abs(ops.convert_to_numpy(net.parts[6].gamma)).max()


def compiled_regularization(net):
    regularization = Regularization(net)
    return compiled(regularization, net, regularization)


def test_it_is_the_sum_of_largest_singular_values_and_scales(net):
    regularization = compiled_regularization(net)
    for _ in range(30):
        value = float(ops.convert_to_numpy(regularization()))
    assert value == pytest.approx(numpy_sum(net), rel=1e-4)


def test_the_vectors_are_near_before_the_first_update(net):
    value = float(ops.convert_to_numpy(compiled_regularization(net)()))
    assert value == pytest.approx(numpy_sum(net), rel=1e-2)


def test_the_vectors_follow_changing_weights(net):
    regularization = compiled_regularization(net)
    kernel = net.parts[0].kernel
    for _ in range(30):
        kernel.assign(0.97 * ops.convert_to_numpy(kernel))
        value = float(ops.convert_to_numpy(regularization()))
    assert value == pytest.approx(numpy_sum(net), rel=1e-2)


def test_the_gradient_is_the_outer_product_of_the_singular_vectors(net):
    regularization = Regularization(net)
    for _ in range(30):
        regularization()
    kernel = net.parts[0].kernel
    slope = ops.convert_to_numpy(variable_gradient(regularization, kernel))
    u, _, vt = np.linalg.svd(ops.convert_to_numpy(kernel).reshape(-1, 5).astype("float64"))
    expected = np.outer(u[:, 0], vt[0]).reshape(kernel.shape)
    np.testing.assert_allclose(slope, expected, atol=5e-3)
