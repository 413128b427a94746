"""Attention in whole models of all families."""

import keras
import numpy as np
import pytest
from keras import ops

from hvae.model import HVAE
from tests.conftest import (
    efficient_config,
    lvae_config,
    normal_noise,
    nvae_config,
    random_images,
    randomize,
    tiny_config,
)
from tests.harness import assert_every_weight_matters

# test_backends.py compares a whole model with attention.
pytestmark = pytest.mark.once

FAMILIES = {
    "vdvae": lambda **changes: tiny_config(num_scales=3, dec_num_blocks=(2, 1, 1), **changes),
    "latents at the smaller scale only": lambda **changes: tiny_config(
        dec_num_blocks=(0, 3), stage_in_width=(8, 12), **changes
    ),
    "efficient_vdvae": efficient_config,
    "nvae": lambda **changes: nvae_config(initial_splits_per_scale=3, **changes),
    "lvae": lambda **changes: lvae_config(zdims=(2, 3, 2, 1), downsample=(1, 0, 1, 0), **changes),
}


@pytest.fixture(scope="module", params=FAMILIES, ids=list(FAMILIES))
def make_config(request):
    return FAMILIES[request.param]


@pytest.fixture(scope="module")
def model(make_config):
    config = make_config(use_depthwise_attention=True, query_width=3, num_queries=2)
    return randomize(HVAE(config))


def to_numpy(value):
    return ops.convert_to_numpy(value)


def inputs(model, count=2):
    return random_images(model.config, count), normal_noise(model.noise_shapes(count))


def attentions(model):
    return [*model.decoder.attention.posteriors, *model.decoder.attention.priors]


def priors(output):
    return [to_numpy(latent.prior.mean) for latent in output.latents]


def posteriors(output):
    return [to_numpy(latent.posterior.mean) for latent in output.latents]


def test_while_gamma_is_zero_nothing_changes(make_config):
    keras.utils.set_random_seed(3)
    plain = HVAE(make_config())
    keras.utils.set_random_seed(3)
    model = HVAE(make_config(use_depthwise_attention=True))
    own = {id(weight) for weight in model.decoder.attention.weights}
    rest = [weight for weight in model.weights if id(weight) not in own]
    assert own and len(rest) == len(plain.weights)
    for a, b in zip(rest, plain.weights):
        np.testing.assert_array_equal(to_numpy(a), to_numpy(b))
    randomize(plain, 0.2)
    for a, b in zip(rest, plain.weights):
        a.assign(to_numpy(b))
    images, noise = inputs(model)
    results = [m(images, noise) for m in (plain, model)]
    for name in ("elbo", "nll", "kl", "parameters"):
        np.testing.assert_array_equal(*(to_numpy(getattr(r, name)) for r in results))
    samples = [to_numpy(m.top_down(noise, temperature=0.7).parameters) for m in (plain, model)]
    np.testing.assert_array_equal(*samples)


def test_every_weight_matters(model):
    images, noise = inputs(model, count=1)
    activations = model.bottom_up(images)

    def outputs():
        output = model.decoder(noise, activations=activations)
        return [output.parameters, *(latent.kl for latent in output.latents)]

    assert_every_weight_matters(outputs, model.decoder.attention.trainable_variables)


def test_every_posterior_sees_every_scale_of_the_encoder(model):
    """Also deeper ones, which the state already depends on through z alone."""
    images, noise = inputs(model)
    activations = model.bottom_up(images)
    given = [latent.z for latent in model.decoder(noise, activations=activations).latents]

    def posteriors_after(scale):
        changed = [a + (index == scale) for index, a in enumerate(activations)]
        output = model.decoder(noise, activations=changed, latents=given)
        return posteriors(output), priors(output)

    gammas = [to_numpy(attention.gamma.value) for attention in attentions(model)]
    for with_attention in (False, True):
        for attention, gamma in zip(attentions(model), gammas):
            attention.gamma.assign(with_attention * gamma)
        before, prior = posteriors_after(scale=None)
        for scale in model.config.scales:
            after, prior_after = posteriors_after(scale.index)
            for block, own in enumerate(model.config.latent_scales):
                is_seen = (after[block] != before[block]).any()
                assert is_seen == (with_attention or own.index == scale.index)
                np.testing.assert_array_equal(prior_after[block], prior[block])


def test_priors_see_the_blocks_above_only(model):
    images, noise = inputs(model)
    given = [latent.z for latent in model(images, noise).latents]
    before = priors(model.decoder(noise, latents=given))
    for changed in range(len(given)):
        moved = [z + (block == changed) for block, z in enumerate(given)]
        after = priors(model.decoder(noise, latents=moved))
        for block in range(changed + 1):
            np.testing.assert_array_equal(after[block], before[block])


def test_priors_attend_from_the_third_block_on(model):
    images, noise = inputs(model)
    given = [latent.z for latent in model(images, noise).latents]
    before = priors(model.decoder(noise, latents=given))
    for block, attention in enumerate(model.decoder.attention.priors, start=2):
        gamma = to_numpy(attention.gamma.value)
        attention.gamma.assign(gamma + 1.0)
        after = priors(model.decoder(noise, latents=given))
        assert (after[block] != before[block]).any()
        attention.gamma.assign(gamma)


def test_posterior_latents_decode_to_the_same_parameters(model):
    images, noise = inputs(model)
    output = model(images, noise)
    decoded = model.top_down(noise, latents=[latent.z for latent in output.latents]).parameters
    np.testing.assert_allclose(to_numpy(decoded), to_numpy(output.parameters), rtol=1e-4, atol=1e-4)


def test_weights_survive_a_file(model, tmp_path):
    images, noise = inputs(model)
    model.save_weights(tmp_path / "model.weights.h5")
    copy = HVAE.from_config(model.get_config())
    assert copy.config == model.config
    copy.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(
        to_numpy(copy(images, noise).parameters), to_numpy(model(images, noise).parameters)
    )


def test_two_blocks_have_no_prior_to_attend():
    model = HVAE(tiny_config(use_depthwise_attention=True))
    attention = model.decoder.attention
    assert len(attention.posteriors) == 2
    assert not attention.priors and not attention.block_sources


def test_mixed_precision_stays_near():
    config = tiny_config(
        num_scales=3, dec_num_blocks=(2, 1, 1), use_depthwise_attention=True, num_queries=2
    )
    mixed = randomize(HVAE(config, dtype="mixed_bfloat16"), scale=0.1)
    plain = HVAE(config)
    plain.set_weights(mixed.get_weights())
    images, noise = inputs(mixed)
    results = [to_numpy(m(images, noise).elbo) for m in (mixed, plain)]
    np.testing.assert_allclose(*results, rtol=0.02)


@pytest.mark.tensorflow
def test_it_trains():
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    config = tiny_config(dec_num_blocks=(1, 2), use_depthwise_attention=True, query_width=3)
    model = HVAE(config)
    training = TrainingConfig(batch_size=4, learning_rate=0.01, lr_warmup_epochs=0)
    trainer = Trainer(model, training, updates_per_epoch=10, jit=True)
    projection = model.decoder.attention.encoder_sources[0].key_projection
    before = to_numpy(projection.kernel)
    for _ in range(2):
        result = trainer.train_batch(random_images(config, 4))
        assert np.isfinite(float(result.gradient_norm)) and not bool(result.skipped)
    # γ moves with the first update, what it weighs with the second.
    assert all(float(attention.gamma) != 0.0 for attention in attentions(model))
    assert (to_numpy(projection.kernel) != before).any()
