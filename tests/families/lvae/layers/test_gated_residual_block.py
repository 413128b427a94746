import numpy as np
import pytest
from keras import ops

from hvae.families.lvae.layers.gated_residual_block import GatedResidualBlock
from tests.conftest import assign
from tests.harness import compiled, run_layer_test
from tests.layers.test_bottleneck_block import convolve

TYPES = ("bacdbac", "bacdbacd", "cabdcabd")


@pytest.mark.parametrize(
    ("options", "weights"),
    [
        ({}, 14),
        ({"residual_type": "cabdcabd", "nonlin": "leakyrelu"}, 14),
        ({"batch_norm": False}, 6),
        ({"gated": False, "nonlin": "selu"}, 12),
        ({"batch_norm": False, "gated": False, "residual_type": "bacdbac"}, 4),
    ],
)
def test_layer(options, weights):
    run_layer_test(GatedResidualBlock, {"width": 6, **options}, (2, 4, 5, 6), (2, 4, 5, 6), weights)


def to_numpy(value):
    return ops.convert_to_numpy(value)


def random_block(rng, **options):
    block = GatedResidualBlock(3, nonlin="elu", **options)
    block.build((None, 5, 4, 3))
    for weight in block.weights:
        values = rng.uniform(0.2, 1.0, weight.shape) * rng.choice([-1, 1], weight.shape)
        assign(weight, np.abs(values) if weight.name == "moving_variance" else values)
    return block


@pytest.mark.parametrize("residual_type", TYPES)
@pytest.mark.parametrize("gated", [False, True])
def test_agrees_with_numpy(residual_type, gated, rng):
    """The parts in the order of the letters, the gate, and the input added: written out."""
    block = random_block(rng, residual_type=residual_type, gated=gated, dropout=0.3)
    x = rng.standard_normal((2, 5, 4, 3)).astype("float32")
    norms = iter(part for part in block.parts if hasattr(part, "moving_mean"))
    kernels = iter(part for part in block.parts if hasattr(part, "kernel"))
    state = x.astype("float64")
    for letter in residual_type:
        if letter == "a":
            state = elu(state)
        elif letter == "b":
            norm = next(norms)
            gamma, beta, mean, variance = (
                to_numpy(w).astype("float64")
                for w in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
            )
            state = gamma * (state - mean) / np.sqrt(variance + 1e-5) + beta
        elif letter == "c":
            layer = next(kernels)
            state = convolve(state, to_numpy(layer.kernel)) + to_numpy(layer.bias)
    if gated:
        state = convolve(state, to_numpy(block.gate.kernel)) + to_numpy(block.gate.bias)
        state = elu(state[..., :3]) / (1.0 + np.exp(-state[..., 3:]))
    result = to_numpy(compiled(block, block)(x))
    np.testing.assert_allclose(result, x + state, rtol=1e-4, atol=1e-4)


def elu(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))


def test_training_drops_whole_channels_and_moves_the_statistics(rng):
    x = rng.standard_normal((64, 4, 4, 3)).astype("float32")
    block = GatedResidualBlock(3, residual_type="cabdcabd", dropout=0.5, gated=False)
    block.build(x.shape)
    norm = block.parts[2]
    before = to_numpy(norm.moving_mean)
    block(x, training=False)
    np.testing.assert_array_equal(to_numpy(norm.moving_mean), before)
    # The last part drops: a dropped channel of an image is its input everywhere.
    added = to_numpy(block(x, training=True)) - x
    dropped = (added == 0.0).all(axis=(1, 2))
    assert ((added == 0.0).any(axis=(1, 2)) == dropped).all()
    assert 0.3 < dropped.mean() < 0.7
    assert np.abs(to_numpy(norm.moving_mean) - before).max() > 1e-3


def test_without_dropout_there_is_no_part_for_it():
    assert len(GatedResidualBlock(3, "bacdbacd").parts) == 6
    assert len(GatedResidualBlock(3, "bacdbacd", dropout=0.1).parts) == 8
    assert len(GatedResidualBlock(3, "bacdbac", dropout=0.1).parts) == 7


def test_another_width_is_refused():
    with pytest.raises(ValueError, match="width=6, input channels 8"):
        GatedResidualBlock(6).build((None, 4, 4, 8))
