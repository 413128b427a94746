import keras
import numpy as np
import pytest
from keras import ops

from hvae.families.lvae.layers.transposed_convolution import TransposedConvolution
from tests.harness import run_layer_test

SIZES = [(4, 6), (1, 1), (5, 2)]


def test_layer():
    run_layer_test(TransposedConvolution, {"width": 5}, (2, 4, 6, 3), (2, 8, 12, 5), 2)


def layer_and_inputs(size, rng):
    layer = TransposedConvolution(5)
    layer.build((None, *size, 3))
    for weight in layer.weights:
        weight.assign(rng.standard_normal(weight.shape))
    return layer, rng.standard_normal((2, *size, 3)).astype("float32")


@pytest.mark.parametrize("size", SIZES)
def test_every_pixel_spreads_around_twice_its_place(size, rng):
    layer, x = layer_and_inputs(size, rng)
    kernel, bias = (w.astype("float64") for w in layer.get_weights())
    height, width = size
    expected = np.zeros((2, 2 * height + 2, 2 * width + 2, 5))  # one pixel more on every side
    for i in range(height):
        for j in range(width):
            spread = np.einsum("bc,hwoc->bhwo", x[:, i, j], kernel)
            expected[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += spread
    expected = expected[:, 1:-1, 1:-1] + bias
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.skipif(keras.config.backend() != "torch", reason="compares with PyTorch's own")
@pytest.mark.parametrize("size", SIZES)
def test_agrees_with_pytorch(size, rng):
    import torch

    layer, x = layer_and_inputs(size, rng)
    kernel, bias = (torch.tensor(w).double() for w in layer.get_weights())
    expected = torch.nn.functional.conv_transpose2d(
        torch.tensor(x).double().permute(0, 3, 1, 2),
        kernel.permute(3, 2, 0, 1),
        bias,
        stride=2,
        padding=1,
        output_padding=1,
    ).permute(0, 2, 3, 1)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), expected, rtol=1e-5, atol=1e-5)
