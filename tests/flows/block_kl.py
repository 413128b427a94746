"""The KL of a latent block with a flow: sampled, and integrated on a grid."""

import functools
import math

import numpy as np
from keras import ops

from hvae.families.vdvae.vdvae_variant import VDVAEVariant
from hvae.latents.latent_block import LatentBlock
from tests.conftest import assign
from tests.harness import compiled

STATE_WIDTH = 6
#: Between neighbours of the grid on which densities are integrated.
STEP = 0.05


def make_block(seed, make_flow, shape, flow_scale=0.7):
    """A block with random weights, and a state and an activation for it.

    Args:
        seed: of the weights and of both arrays.
        make_flow: from the shape of a latent to a flow.
        shape: of a latent, `(height, width, channels)`.
        flow_scale: standard deviation of the flow's weights.
    """
    block = _built_block(make_flow, shape)
    rng = np.random.default_rng(seed)
    of_flow = [id(weight) for weight in block.flow.weights]
    for weight in block.weights:
        # With p and q alike, the KL is that of the flow.
        scale = flow_scale if id(weight) in of_flow else 0.2
        assign(weight, scale * rng.standard_normal(weight.shape))
    shape = (1, *shape[:2], STATE_WIDTH)
    return block, *(rng.standard_normal(shape).astype("float32") for _ in range(2))


@functools.cache  # another seed is other weights of the same block, for which it is compiled
def _built_block(make_flow, shape):
    block = LatentBlock(
        VDVAEVariant(shape[-1], STATE_WIDTH, middle_width=4, activation="silu"),
        std_param="exp",
        flow=make_flow(shape),
    )
    block.build((None, *shape[:2], STATE_WIDTH), (None, *shape[:2], STATE_WIDTH))
    return block


def run(block, state, activation, noise):
    """The block's `LatentOutput` for one state and activation and many draws of noise."""
    states, activations = (np.repeat(x, len(noise), axis=0) for x in (state, activation))
    return _compiled_latent(block)(states, noise.astype("float32"), activations)


@functools.cache
def _compiled_latent(block):
    return compiled(lambda s, noise, a: block(s, noise, activation=a).latent, block)


def mean_and_error(value):
    """Mean over samples of a sum over variables, and its standard error."""
    value = ops.convert_to_numpy(value).sum((1, 2, 3), dtype="float64")
    return value.mean(), value.std() / np.sqrt(len(value))


def check_kl_against_integration(block, state, activation, shape, rng):
    """What the block gives as KL is that of the density that its flow makes.

    And would not be without the determinant, nor with its other sign.
    """
    axis = np.arange(-6.0, 6.0 + STEP / 2, STEP)
    grid = np.stack(np.meshgrid(*[axis] * math.prod(shape), indexing="ij"), axis=-1)
    draws = rng.standard_normal((4096, *shape))
    # In one batch, and so by one program.
    output = run(block, state, activation, np.concatenate([grid.reshape(-1, *shape), draws]))
    exact, estimates, log_det = _integrated_kl(output, grid)
    for name, estimated in estimates.items():
        assert abs(estimated - exact) <= 1e-3 * max(1.0, exact), name
    for name in estimates:
        mean, error = mean_and_error(getattr(output, name)[-len(draws) :])
        assert abs(mean - exact) <= 4 * error, name
    assert abs(log_det) > 0.03


def _integrated_kl(output, grid):
    """∫ q(z₀) (log q(z₀) − log|det ∂z/∂z₀| − log p(z)) dz₀ on a grid of at most two variables.

    With the determinant from differences of z between neighbours; then with what the block
    gives for each sample; and last ∫ q(z₀) log|det ∂z/∂z₀| dz₀.

    Args:
        output: the block's, first of the grid's noise.
        grid: noise, `(…, variables)`, `STEP` apart.
    """

    def on_grid(value):
        values = ops.convert_to_numpy(value).astype("float64")
        return values.ravel()[: grid.size].reshape(grid.shape)

    z, std = on_grid(output.z), np.exp(on_grid(output.posterior.log_std))
    slopes = [np.gradient(z, STEP, axis=i, edge_order=2) for i in range(grid.shape[-1])]
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
