"""The KL with a Sylvester flow is that of the density it makes, and whole models run."""

import keras
import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.flows.orthogonal_sylvester import OrthogonalSylvesterFlow
from hvae.latents.latent_block import LatentBlock
from hvae.latents.vdvae_variant import VDVAEVariant
from hvae.model import HVAE
from tests.conftest import normal_noise, nvae_config, random_images, randomize, tiny_config

STATE_WIDTH = 6
SYLVESTER = {"flow_type": "sylvester", "num_flows": (1, 2), "flow_in_ch": 3, "num_ortho_vecs": 4}


def make_block(seed, size, z_width, num_flows):
    keras.utils.set_random_seed(0)
    block = LatentBlock(
        VDVAEVariant(z_width, STATE_WIDTH, middle_width=4, activation="silu"),
        std_param="exp",
        flow=OrthogonalSylvesterFlow(num_flows, num_ortho_vecs=4, context_width=3),
    )
    block.build((None, *size, STATE_WIDTH), (None, *size, STATE_WIDTH))
    rng = np.random.default_rng(seed)
    of_flow = [id(weight) for weight in block.flow.weights]
    for weight in block.weights:
        # With p and q alike, the KL is that of the flow.
        scale = 0.7 if id(weight) in of_flow else 0.2
        weight.assign(scale * rng.standard_normal(weight.shape))
    shape = (1, *size, STATE_WIDTH)
    return block, *(rng.standard_normal(shape).astype("float32") for _ in range(2))


def run(block, state, activation, noise):
    """The block's output for one state and activation and many draws of noise."""
    states, activations = (np.repeat(x, len(noise), axis=0) for x in (state, activation))
    return block(states, noise.astype("float32"), activation=activations)


def kl_and_error(output):
    kl = ops.convert_to_numpy(output.kl).sum((1, 2, 3), dtype="float64")
    return kl.mean(), kl.std() / np.sqrt(len(kl))


@pytest.mark.parametrize("seed", range(6))
def test_the_kl_is_not_negative(seed, rng):
    block, state, activation = make_block(seed, (3, 2), z_width=2, num_flows=3)
    mean, error = kl_and_error(run(block, state, activation, rng.standard_normal((4096, 3, 2, 2))))
    assert mean >= -3 * error


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("z_width", [1, 2])
def test_the_kl_is_that_of_numerical_integration(z_width, seed, rng):
    block, state, activation = make_block(seed, (1, 1), z_width, num_flows=3)
    drawn = run(block, state, activation, rng.standard_normal((4096, 1, 1, z_width)))
    mean, error = kl_and_error(drawn)
    exact, estimated, log_det = integrated_kl(block, state, activation, z_width)
    assert abs(mean - exact) <= 4 * error
    assert abs(estimated - exact) <= 1e-3 * max(1.0, exact)
    # So neither without the determinant nor with its other sign.
    assert abs(log_det) > 0.03


def integrated_kl(block, state, activation, z_width, largest=6.0, step=0.05):
    """∫ q(z₀) (log q(z₀) − log|det ∂z/∂z₀| − log p(z)) dz₀ on a grid.

    With the determinant from differences of z between neighbours; then with the KL that
    the block gives; and last ∫ q(z₀) log|det ∂z/∂z₀| dz₀.
    """
    axis = np.arange(-largest, largest + step / 2, step)
    grid = np.stack(np.meshgrid(*[axis] * z_width, indexing="ij"), axis=-1)
    noise = grid.reshape(-1, 1, 1, z_width)
    output = run(block, state, activation, noise)

    def on_grid(value):
        return ops.convert_to_numpy(value).astype("float64").reshape(grid.shape)

    z, std = on_grid(output.z), np.exp(on_grid(output.posterior.log_std))
    slopes = [np.gradient(z, step, axis=i, edge_order=2) for i in range(z_width)]
    by_noise = np.linalg.slogdet(np.stack(slopes, axis=-1))[1]  # ∂z/∂noise
    density = np.exp(-0.5 * grid**2).prod(axis=-1)
    density /= density.sum()
    log_noise = (-0.5 * grid**2 - 0.5 * np.log(2 * np.pi)).sum(axis=-1)
    mean, prior_log_std = on_grid(output.prior.mean), on_grid(output.prior.log_std)
    distance = (z - mean) * np.exp(-prior_log_std)
    log_p = (-0.5 * distance**2 - prior_log_std - 0.5 * np.log(2 * np.pi)).sum(axis=-1)
    log_det = by_noise - np.log(std).sum(axis=-1)
    kl = on_grid(output.kl).sum(axis=-1)
    values = (log_noise - by_noise - log_p, kl, log_det)
    return [(density * value).sum() for value in values]


def test_a_whole_model_has_flows_in_its_posterior_only(tmp_path):
    config = tiny_config(**SYLVESTER)
    model = randomize(HVAE(config), scale=0.2)
    assert [block.flow.num_flows for block in model.decoder.blocks] == [2, 1]
    images, noise = random_images(config, 5), normal_noise(model.noise_shapes(5))
    elbo = ops.convert_to_numpy(model(images, noise).elbo)
    assert np.isfinite(elbo).all()
    generated = ops.convert_to_numpy(model.generate(noise))

    model.save_weights(tmp_path / "model.weights.h5")
    copy = HVAE(config)
    copy.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(
        ops.convert_to_numpy(copy(images, noise).elbo), elbo, rtol=1e-6, atol=1e-4
    )
    for block in model.decoder.blocks:
        for weight in block.flow.weights:
            weight.assign(1.0 + weight)
    np.testing.assert_array_equal(ops.convert_to_numpy(model.generate(noise)), generated)
    assert np.abs(ops.convert_to_numpy(model(images, noise).elbo) - elbo).max() > 0.01


def test_a_scale_without_flows_has_none():
    model = HVAE(tiny_config(**{**SYLVESTER, "num_flows": (0, 1), "flow_in_ch": (0, 3)}))
    smallest, largest = model.decoder.blocks
    assert smallest.flow.context_width == 3 and largest.flow is None


@pytest.mark.tensorflow
@pytest.mark.parametrize("jit", [True, False])
def test_it_trains(jit):
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    config = tiny_config(**SYLVESTER)
    trainer = Trainer(
        HVAE(config),
        TrainingConfig(batch_size=6, learning_rate=0.01),
        updates_per_epoch=10,
        jit=jit,
    )
    flows = [block.flow for block in trainer.model.decoder.blocks]
    before = [w.numpy().copy() for flow in flows for w in flow.weights]
    images = random_images(config, 6)
    for _ in range(2):
        result = trainer.train_batch(images)
        assert np.isfinite(float(result.nll)) and np.isfinite(np.array(result.kl)).all()
        assert not bool(result.skipped)
    after = [w.numpy() for flow in flows for w in flow.weights]
    assert all((a != b).any() for a, b in zip(after, before))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flow_in_ch": 0}, "flow_in_ch: sylvester needs at least 1 at every .* Received: 0"),
        ({"flow_in_ch": (3, 0)}, "flow_in_ch: sylvester needs .* Received: 3 0"),
        ({"num_flows": 0}, "num_flows: flow_type sylvester needs at least 1. Received: 0"),
        ({"num_ortho_vecs": 0}, "num_ortho_vecs: must be at least 1. Received: 0"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        tiny_config(**{**SYLVESTER, **changes})


@pytest.mark.parametrize("name", ["flow_in_ch", "num_ortho_vecs"])
def test_lists_have_one_value_or_one_for_each_scale(name):
    with pytest.raises(UserError, match=f"{name}: needs 1 value or 3, .* Received: 2 values"):
        nvae_config(**{**SYLVESTER, "num_flows": 1, name: (1, 2)})
