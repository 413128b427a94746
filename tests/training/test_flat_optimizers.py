"""Optimizers of flat vectors, against PyTorch's, with which published code trained."""

import keras
import numpy as np
import pytest
import torch
from keras import ops

from hvae.training.config import TrainingConfig
from hvae.training.flat_layout import FlatLayout
from hvae.training.optimizers import get_optimizer
from hvae.training.update import Update

SHAPES = [(3, 3, 2, 4), (4,), ()]
STEPS = 12


def torchs(config, parameters):
    """PyTorch's optimizer of the same settings."""
    shared = {"lr": config.learning_rate, "weight_decay": config.weight_decay}
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, momentum=config.adam_beta1, **shared)
    adam = {
        ("adamax", True): torch.optim.Adamax,
        ("adamw", True): torch.optim.Adam,
        ("adamw", False): torch.optim.AdamW,
    }[config.optimizer, config.coupled_weight_decay]
    betas = (config.adam_beta1, config.adam_beta2)
    return adam(parameters, betas=betas, eps=config.adam_epsilon, **shared)


def values(rng, scale=1.0):
    return [(scale * rng.standard_normal(shape)).astype("float32") for shape in SHAPES]


@pytest.mark.parametrize("epsilon", [1e-8, 1e-3])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize(
    ("optimizer", "betas", "coupled"),
    [
        ("adamax", (0.9, 0.999), True),
        ("adamw", (0.9, 0.9), False),
        ("adamw", (0.5, 0.999), False),
        ("adamw", (0.9, 0.999), True),
        ("sgd", (0.9, 0.999), True),
        ("sgd", (0.0, 0.999), True),
    ],
)
def test_a_flat_optimizer_moves_weights_as_pytorchs_does(
    optimizer, betas, coupled, weight_decay, epsilon
):
    beta1, beta2 = betas
    config = TrainingConfig(
        optimizer=optimizer,
        adam_beta1=beta1,
        adam_beta2=beta2,
        adam_epsilon=epsilon,
        weight_decay=weight_decay,
        coupled_weight_decay=coupled,
        learning_rate=0.03,
    )
    rng = np.random.default_rng(0)
    start = values(rng)
    ours = [keras.Variable(value) for value in start]
    theirs = [torch.tensor(value, requires_grad=True) for value in start]
    update, reference = Update(get_optimizer(config), ours), torchs(config, theirs)
    for step in range(STEPS):
        # Small ones too, beside which the epsilon is not.
        gradients = values(rng, scale=10.0 ** (step % 4 - 4))
        packed = update.layout.pack([ops.convert_to_tensor(g) for g in gradients])
        update.apply(packed, 0.03, np.float32(np.inf))
        for parameter, gradient in zip(theirs, gradients):
            parameter.grad = torch.from_numpy(np.asarray(gradient))
        reference.step()
        for a, b in zip(ours, theirs):
            np.testing.assert_allclose(
                ops.convert_to_numpy(a), b.detach().numpy(), rtol=1e-5, atol=1e-5
            )
    moved = [np.abs(ops.convert_to_numpy(v) - s).max() for v, s in zip(ours, start)]
    assert min(moved) > 1e-3 * (optimizer != "sgd")


def test_unpacking_gives_back_what_was_packed():
    layout = FlatLayout(SHAPES)
    tensors = values(np.random.default_rng(0))
    vector = layout.pack([ops.convert_to_tensor(t) for t in tensors])
    assert tuple(vector.shape) == (layout.size,) == (3 * 3 * 2 * 4 + 4 + 1,)
    for tensor, expected in zip(layout.unpack(vector), tensors):
        np.testing.assert_array_equal(ops.convert_to_numpy(tensor), expected)
