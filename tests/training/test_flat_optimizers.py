"""Optimizers of flat vectors, against Keras's of single variables."""

import keras
import numpy as np
import pytest
from keras import ops

from hvae.training.config import TrainingConfig
from hvae.training.flat_layout import FlatLayout
from hvae.training.optimizers import get_optimizer
from hvae.training.update import Update

SHAPES = [(3, 3, 2, 4), (4,), ()]
STEPS = 12


def kerass(config):
    """Keras's optimizer of the same settings; its Adam with a weight decay is AdamW."""
    shared = {"learning_rate": config.learning_rate, "weight_decay": config.weight_decay or None}
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(momentum=config.adam_beta1, **shared)
    adam = {"adamax": keras.optimizers.Adamax, "adamw": keras.optimizers.Adam}[config.optimizer]
    return adam(beta_1=config.adam_beta1, beta_2=config.adam_beta2, **shared)


def values(rng, scale=1.0):
    return [(scale * rng.standard_normal(shape)).astype("float32") for shape in SHAPES]


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize(
    ("optimizer", "betas"),
    [
        ("adamax", (0.9, 0.999)),
        ("adamw", (0.9, 0.9)),
        ("adamw", (0.5, 0.999)),
        ("sgd", (0.9, 0.999)),
        ("sgd", (0.0, 0.999)),
    ],
)
def test_a_flat_optimizer_moves_weights_as_kerass_does(optimizer, betas, weight_decay):
    beta1, beta2 = betas
    config = TrainingConfig(
        optimizer=optimizer,
        adam_beta1=beta1,
        adam_beta2=beta2,
        weight_decay=weight_decay,
        learning_rate=0.03,
    )
    rng = np.random.default_rng(0)
    start = values(rng)
    ours = [keras.Variable(value) for value in start]
    theirs = [keras.Variable(value) for value in start]
    update, reference = Update(get_optimizer(config), ours), kerass(config)
    reference.build(theirs)
    for step in range(STEPS):
        gradients = [ops.convert_to_tensor(g) for g in values(rng, scale=10.0 ** (step % 4 - 2))]
        update.apply(update.layout.pack(gradients), 0.03, np.float32(np.inf))
        reference.apply(gradients, theirs)
        for a, b in zip(ours, theirs):
            a, b = ops.convert_to_numpy(a), ops.convert_to_numpy(b)
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)
    moved = [np.abs(ops.convert_to_numpy(v) - s).max() for v, s in zip(ours, start)]
    assert min(moved) > 0.01


def test_unpacking_gives_back_what_was_packed():
    layout = FlatLayout(SHAPES)
    tensors = values(np.random.default_rng(0))
    vector = layout.pack([ops.convert_to_tensor(t) for t in tensors])
    assert tuple(vector.shape) == (layout.size,) == (3 * 3 * 2 * 4 + 4 + 1,)
    for tensor, expected in zip(layout.unpack(vector), tensors):
        np.testing.assert_array_equal(ops.convert_to_numpy(tensor), expected)
