import numpy as np
import pytest
from keras import ops

from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.convolution import convolution
from hvae.layers.even_convolution import EvenConvolution
from tests.harness import compiled, run_layer_test


@pytest.mark.parametrize("size", [2, 4])
def test_as_any_layer(size):
    run_layer_test(
        EvenConvolution, {"filters": 3, "kernel_size": size}, (2, 5, 1, 4), (2, 5, 1, 3), 2
    )


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_odd_row_of_zeros_is_above_unless_it_is_below(size, rng):
    images = rng.standard_normal((2, 4, 5, 3)).astype("float32")
    for odd_row, before in (("above", size // 2), ("below", (size - 1) // 2)):
        layer = convolution(2, size, "float32", odd_row=odd_row)
        layer.build(images.shape)
        outputs = ops.convert_to_numpy(compiled(layer, layer)(images))
        np.testing.assert_allclose(outputs, by_hand(layer, images, before), rtol=1e-4, atol=1e-5)


def test_of_a_block_the_first_convolution_alone_has_it_below(rng):
    """As in Efficient-VDVAE, where the first is PyTorch's own with `padding="same"`."""
    images = rng.standard_normal((1, 4, 4, 3)).astype("float32")
    block = BottleneckBlock(
        2, 3, kernel_size=2, num_middle=1, outer_kernel_size=4, activation="relu"
    )
    block.build(images.shape)
    expected = images
    for layer, before in zip(block.convolutions, (1, 1, 2), strict=True):
        expected = by_hand(layer, np.maximum(expected, 0.0), before)
    outputs = ops.convert_to_numpy(compiled(block, block)(images))
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)


def by_hand(layer, images, before):
    """The convolution with so many rows and columns of zeros in front, its size kept."""
    kernel, bias = ops.convert_to_numpy(layer.kernel), ops.convert_to_numpy(layer.bias)
    (size, after), (_, height, width, _) = (len(kernel), len(kernel) - 1 - before), images.shape
    padded = np.pad(images, [[0, 0], [before, after], [before, after], [0, 0]])
    return bias + sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j]
        for i in range(size)
        for j in range(size)
    )
