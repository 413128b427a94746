import numpy as np
import pytest
from keras import ops

from hvae.layers.bottleneck_block import BottleneckBlock
from tests.conftest import assign
from tests.harness import compiled, run_layer_test


@pytest.mark.parametrize(
    ("options", "weights"),
    [
        ({}, 8),
        ({"residual": True}, 8),
        ({"kernel_size": 1}, 8),
        ({"group_norm": True}, 16),
        ({"depthwise": True, "activation": "silu"}, 8),
    ],
)
def test_layer(options, weights):
    arguments = {"middle_width": 8, "out_width": 16, **options}
    run_layer_test(BottleneckBlock, arguments, (2, 4, 6, 16), (2, 4, 6, 16), weights)


def test_widths_follow_the_arguments():
    run_layer_test(
        BottleneckBlock, {"middle_width": 4, "out_width": 10}, (2, 4, 4, 6), (2, 4, 4, 10), 8
    )


def test_agrees_with_numpy(rng):
    """act, 1×1, act, 3×3, act, 3×3, act, 1×1, and the input added: written out."""
    block = BottleneckBlock(3, 4, activation="relu", residual=True)
    block.build((None, 5, 5, 4))
    for weight in block.weights:
        assign(weight, rng.standard_normal(weight.shape))
    x = rng.standard_normal((1, 5, 5, 4)).astype("float32")
    state = x.astype("float64")
    for kernel, bias in zip(block.get_weights()[::2], block.get_weights()[1::2]):
        state = convolve(np.maximum(state, 0.0), kernel) + bias
    result = ops.convert_to_numpy(compiled(block, block)(x))
    np.testing.assert_allclose(result, x + state, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("group_norm", [False, True])
@pytest.mark.parametrize("outer_kernel_size", [1, 3])
def test_several_inputs_are_read_as_their_concatenation(rng, group_norm, outer_kernel_size):
    block = BottleneckBlock(8, 4, outer_kernel_size=outer_kernel_size, group_norm=group_norm)
    block.build((None, 5, 5, 24))
    for weight in block.weights:
        assign(weight, 0.2 * rng.standard_normal(weight.shape))
    parts = [rng.standard_normal((2, 5, 5, width)).astype("float32") for width in (16, 6, 2)]

    def outputs(*parts):
        known = [block.activated(parts[0]), None, block.activated(parts[2])]
        several = [block(list(parts), activated=activated) for activated in (None, known)]
        return block(ops.concatenate(parts, axis=-1)), *several

    tensors = map(ops.convert_to_tensor, parts)
    expected, *results = map(ops.convert_to_numpy, compiled(outputs, block)(*tensors))
    for result in results:
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


def convolve(x, kernel):
    margin = kernel.shape[0] // 2
    padded = np.pad(x, [(0, 0), (margin, margin), (margin, margin), (0, 0)])
    height, width = x.shape[1:3]
    return sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j].astype("float64")
        for i in range(kernel.shape[0])
        for j in range(kernel.shape[1])
    )


def test_last_scale_sets_the_initial_standard_deviation():
    """Uniform in ±s/√fan_in has standard deviation s/√(3 fan_in)."""
    for scale in (1.0, 0.25):
        block = BottleneckBlock(256, 512, last_scale=scale)
        block.build((None, 4, 4, 8))
        kernel = block.get_weights()[-2]
        assert abs(kernel.std() / (scale / np.sqrt(3 * 256)) - 1) < 0.02


def test_last_scale_zero_starts_as_zero(rng):
    block = BottleneckBlock(8, 8, last_scale=0.0)
    x = rng.standard_normal((2, 4, 4, 8)).astype("float32")
    assert not ops.convert_to_numpy(block(x)).any()


def test_a_residual_block_refuses_another_width():
    with pytest.raises(ValueError, match="out_width=6, input channels 8"):
        BottleneckBlock(4, 6, residual=True).build((None, 4, 4, 8))
