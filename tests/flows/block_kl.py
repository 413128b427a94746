"""The KL of a latent block with a flow: sampled, and integrated on a grid."""

import math

import keras
import numpy as np
from keras import ops

from hvae.families.vdvae.vdvae_variant import VDVAEVariant
from hvae.latents.latent_block import LatentBlock

STATE_WIDTH = 6


def make_block(seed, flow, size, z_width, flow_scale=0.7):
    """A block with random weights, and a state and an activation for it."""
    keras.utils.set_random_seed(0)
    block = LatentBlock(
        VDVAEVariant(z_width, STATE_WIDTH, middle_width=4, activation="silu"),
        std_param="exp",
        flow=flow,
    )
    block.build((None, *size, STATE_WIDTH), (None, *size, STATE_WIDTH))
    rng = np.random.default_rng(seed)
    of_flow = [id(weight) for weight in block.flow.weights]
    for weight in block.weights:
        # With p and q alike, the KL is that of the flow.
        scale = flow_scale if id(weight) in of_flow else 0.2
        weight.assign(scale * rng.standard_normal(weight.shape))
    shape = (1, *size, STATE_WIDTH)
    return block, *(rng.standard_normal(shape).astype("float32") for _ in range(2))


def run(block, state, activation, noise):
    """The block's `LatentOutput` for one state and activation and many draws of noise."""
    states, activations = (np.repeat(x, len(noise), axis=0) for x in (state, activation))
    return block(states, noise.astype("float32"), activation=activations).latent


def mean_and_error(value):
    """Mean over samples of a sum over variables, and its standard error."""
    value = ops.convert_to_numpy(value).sum((1, 2, 3), dtype="float64")
    return value.mean(), value.std() / np.sqrt(len(value))


def check_kl_against_integration(block, state, activation, shape, rng):
    """What the block gives as KL is that of the density that its flow makes.

    And would not be without the determinant, nor with its other sign.
    """
    exact, estimates, log_det = _integrated_kl(block, state, activation, shape)
    for name, estimated in estimates.items():
        assert abs(estimated - exact) <= 1e-3 * max(1.0, exact), name
    drawn = run(block, state, activation, rng.standard_normal((4096, *shape)))
    for name in estimates:
        mean, error = mean_and_error(getattr(drawn, name))
        assert abs(mean - exact) <= 4 * error, name
    assert abs(log_det) > 0.03


def _integrated_kl(block, state, activation, shape, largest=6.0, step=0.05):
    """∫ q(z₀) (log q(z₀) − log|det ∂z/∂z₀| − log p(z)) dz₀ on a grid of at most two variables.

    With the determinant from differences of z between neighbours; then with what the block
    gives for each sample; and last ∫ q(z₀) log|det ∂z/∂z₀| dz₀.
    """
    variables = math.prod(shape)
    axis = np.arange(-largest, largest + step / 2, step)
    grid = np.stack(np.meshgrid(*[axis] * variables, indexing="ij"), axis=-1)
    output = run(block, state, activation, grid.reshape(-1, *shape))

    def on_grid(value):
        return ops.convert_to_numpy(value).astype("float64").reshape(grid.shape)

    z, std = on_grid(output.z), np.exp(on_grid(output.posterior.log_std))
    slopes = [np.gradient(z, step, axis=i, edge_order=2) for i in range(variables)]
    by_noise = np.linalg.slogdet(np.stack(slopes, axis=-1))[1]  # ∂z/∂noise
    density = np.exp(-0.5 * grid**2).prod(axis=-1)
    density /= density.sum()
    log_noise = (-0.5 * grid**2 - 0.5 * np.log(2 * np.pi)).sum(axis=-1)
    mean, prior_log_std = on_grid(output.prior.mean), on_grid(output.prior.log_std)
    distance = (z - mean) * np.exp(-prior_log_std)
    log_p = (-0.5 * distance**2 - prior_log_std - 0.5 * np.log(2 * np.pi)).sum(axis=-1)
    log_det = by_noise - np.log(std).sum(axis=-1)
    estimates = {name: on_grid(getattr(output, name)).sum(axis=-1) for name in ("kl", "log_ratio")}
    return (
        (density * (log_noise - by_noise - log_p)).sum(),
        {name: (density * value).sum() for name, value in estimates.items()},
        (density * log_det).sum(),
    )
