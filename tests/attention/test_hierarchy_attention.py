"""Attention in whole models of all families."""

import contextlib
import random

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

# Attention is in the decoder: blocks before and after it would be made and run for nothing.
SHORT = {"enc_num_blocks": 0, "output_blocks": 0}
FAMILIES = {
    "vdvae": lambda **changes: tiny_config(
        num_scales=3, dec_num_blocks=(2, 1, 1), **SHORT, **changes
    ),
    "latents at the smaller scale only": lambda **changes: tiny_config(
        dec_num_blocks=(0, 3), stage_in_width=(8, 12), **SHORT, **changes
    ),
    "efficient_vdvae": efficient_config,
    "nvae": lambda **changes: nvae_config(
        initial_splits_per_scale=3, num_blocks_prepost=0, **changes
    ),
    "lvae": lambda **changes: lvae_config(zdims=(2, 3, 2, 1), downsample=(1, 0, 1, 0), **changes),
}


@pytest.fixture(scope="module", params=FAMILIES, ids=list(FAMILIES))
def make_config(request):
    return FAMILIES[request.param]


@pytest.fixture(scope="module")
def started(make_config):
    """A model, and the weights that it starts with."""
    random.seed(3)
    model = HVAE(make_config(use_depthwise_attention=True, query_width=3, num_queries=2))
    return model, model.get_weights()


@pytest.fixture(scope="module")
def model(started):
    return randomize(started[0])


@pytest.fixture(scope="module")
def whole(model):
    """What it makes of its `inputs`."""
    return model(*inputs(model))


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


@contextlib.contextmanager
def gamma_times(factor, model):
    """Within this context attention weighs so much."""
    gammas = [to_numpy(attention.gamma.value) for attention in attentions(model)]
    for attention, gamma in zip(attentions(model), gammas):
        attention.gamma.assign(factor * gamma)
    yield
    for attention, gamma in zip(attentions(model), gammas):
        attention.gamma.assign(gamma)


def test_while_gamma_is_zero_nothing_changes(make_config, started, model):
    _, start = started
    random.seed(3)
    plain = HVAE(make_config())
    own = {id(weight) for weight in model.decoder.attention.weights}
    rest = [i for i, weight in enumerate(model.weights) if id(weight) not in own]
    assert own and len(rest) == len(plain.weights)
    for i, weight in zip(rest, plain.weights):
        np.testing.assert_array_equal(start[i], to_numpy(weight))
    gammas = [attention.gamma for attention in attentions(model)]
    assert not any(start[i] for i, w in enumerate(model.weights) if any(w is g for g in gammas))
    weights = model.get_weights()
    plain.set_weights([weights[i] for i in rest])
    images, noise = inputs(model)
    with gamma_times(0.0, model):
        results = [m(images, noise) for m in (plain, model)]
        samples = [to_numpy(m.top_down(noise, temperature=0.7).parameters) for m in (plain, model)]
    for name in ("elbo", "nll", "kl", "parameters"):
        np.testing.assert_array_equal(*(to_numpy(getattr(r, name)) for r in results))
    np.testing.assert_array_equal(*samples)


def test_every_weight_matters(model):
    images, noise = inputs(model, count=1)
    activations = model.bottom_up(images)

    def outputs():
        output = model.decoder(noise, activations=activations)
        return [output.parameters, *(latent.kl for latent in output.latents)]

    assert_every_weight_matters(outputs, model.decoder.attention.trainable_variables)


@pytest.fixture(scope="module")
def means(model, whole):
    """Function from activations and latents to the means of posteriors and priors."""
    _, noise = inputs(model)

    def of(activations, latents):
        output = model.decoder(noise, activations=activations, latents=latents)
        return posteriors(output), priors(output)

    return of


@pytest.fixture(scope="module")
def activations(model):
    return model.bottom_up(inputs(model)[0])


@pytest.fixture(scope="module")
def given(whole):
    return [latent.z for latent in whole.latents]


def test_every_posterior_sees_every_scale_of_the_encoder(model, means, activations, given):
    """Also deeper ones, which the state already depends on through z alone."""
    for with_attention in (False, True):
        with gamma_times(float(with_attention), model):
            before, prior = means(activations, given)
            for scale in model.config.scales:
                changed = [a + (index == scale.index) for index, a in enumerate(activations)]
                after, prior_after = means(changed, given)
                for block, own in enumerate(model.config.latent_scales):
                    is_seen = (after[block] != before[block]).any()
                    assert is_seen == (with_attention or own.index == scale.index)
                    np.testing.assert_array_equal(prior_after[block], prior[block])


def test_priors_see_the_blocks_above_only(means, activations, given):
    _, before = means(activations, given)
    for changed in range(len(given)):
        _, after = means(activations, [z + (block == changed) for block, z in enumerate(given)])
        for block in range(changed + 1):
            np.testing.assert_array_equal(after[block], before[block])


def test_priors_attend_from_the_third_block_on(model, means, activations, given):
    _, before = means(activations, given)
    for block, attention in enumerate(model.decoder.attention.priors, start=2):
        gamma = to_numpy(attention.gamma.value)
        attention.gamma.assign(gamma + 1.0)
        _, after = means(activations, given)
        assert (after[block] != before[block]).any()
        attention.gamma.assign(gamma)


def test_posterior_latents_decode_to_the_same_parameters(model, whole, given):
    _, noise = inputs(model)
    decoded = model.top_down(noise, latents=given).parameters
    np.testing.assert_allclose(to_numpy(decoded), to_numpy(whole.parameters), rtol=1e-4, atol=1e-4)


def test_weights_survive_a_file(model, whole, tmp_path):
    model.save_weights(tmp_path / "model.weights.h5")
    copy = HVAE.from_config(model.get_config())
    assert copy.config == model.config
    copy.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(
        to_numpy(copy(*inputs(model)).parameters), to_numpy(whole.parameters)
    )


def test_two_blocks_have_no_prior_to_attend():
    model = HVAE(tiny_config(use_depthwise_attention=True))
    attention = model.decoder.attention
    assert len(attention.posteriors) == 2
    assert not attention.priors and not attention.block_sources


def test_mixed_precision_stays_near():
    config = FAMILIES["vdvae"](use_depthwise_attention=True, num_queries=2)
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

    attention = {"use_depthwise_attention": True, "query_width": 3}
    binary = {"levels": 2, "likelihood": "bernoulli"}  # XLA compiles it in less time
    config = tiny_config(dec_num_blocks=(1, 2), **SHORT, **attention, **binary)
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
