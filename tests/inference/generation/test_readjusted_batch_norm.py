"""Statistics of the decoder's own samples."""

import numpy as np
import pytest
from keras import layers, ops

from hvae.inference.generation.generator import Generator
from hvae.inference.generation.readjusted_batch_norm import readjusted_batch_norm
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import nvae_config, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(nvae_config()), scale=0.5)


def statistics(model):
    return [ops.convert_to_numpy(w) for w in model.non_trainable_weights]


def first_norm(model):
    """The normalisation that the samples reach first."""
    return model.decoder.joins[0][0].norms[0]


@pytest.mark.every_backend
def test_they_are_averages_over_the_batches_and_put_back(model):
    before = statistics(model)
    norm, inputs = first_norm(model), []
    call = norm.call

    def recorded(x, training=None, mask=None):
        inputs.append(ops.convert_to_numpy(x))
        return call(x, training=training)

    norm.call = recorded
    with readjusted_batch_norm(model, 3, temperature=0.5, batch_size=8, seed=1):
        mean, variance = (ops.convert_to_numpy(v) for v in (norm.moving_mean, norm.moving_variance))
    del norm.call
    assert len(inputs) == 3
    np.testing.assert_allclose(mean, np.mean([x.mean((0, 1, 2)) for x in inputs], 0), atol=1e-5)
    np.testing.assert_allclose(variance, np.mean([x.var((0, 1, 2)) for x in inputs], 0), rtol=1e-3)
    assert norm.momentum == 0.95
    for a, b in zip(before, statistics(model)):
        np.testing.assert_array_equal(a, b)


def test_the_samples_are_those_with_the_first_numbers(model, monkeypatch):
    seen = []
    monkeypatch.setattr(model, "top_down", lambda noise, **options: seen.append(noise))
    with readjusted_batch_norm(model, 3, batch_size=4, seed=1):
        pass
    for blocks in zip(*seen, latent_noise(model, range(12), 1)):
        np.testing.assert_array_equal(np.concatenate(blocks[:3]), blocks[3])


def test_inside_outputs_are_normalised_by_the_samples(model):
    """A state far from its moving statistics comes out standard after the readjustment."""
    norm, outputs = first_norm(model), []
    call = norm.call

    def recorded(x, training=None, mask=None):
        outputs.append(ops.convert_to_numpy(call(x, training=training)))
        return call(x, training=training)

    norm.call = recorded
    noise = latent_noise(model, range(256), 2)
    model.top_down(noise, temperature=0.3)
    with readjusted_batch_norm(model, 8, temperature=0.3):
        outputs.clear()
        model.top_down(noise, temperature=0.3)
    del norm.call
    gamma, beta = (ops.convert_to_numpy(v) for v in (norm.gamma, norm.beta))
    standard = (outputs[0] - beta) / gamma
    np.testing.assert_allclose(standard.mean((0, 1, 2)), 0.0, atol=0.2)
    np.testing.assert_allclose(standard.std((0, 1, 2)), 1.0, rtol=0.2)


@pytest.mark.parametrize("temperature", [0.0, 0.01, 0.4, 1.0])
def test_samples_are_finite_at_any_temperature(model, temperature):
    with readjusted_batch_norm(model, 5, temperature):
        noise = latent_noise(model, range(4), 1)
        assert np.isfinite(
            ops.convert_to_numpy(model.top_down(noise, temperature=temperature).parameters)
        ).all()
        for layer in model.decoder._flatten_layers():
            if isinstance(layer, layers.BatchNormalization):
                assert np.isfinite(ops.convert_to_numpy(layer.moving_variance)).all()


def test_the_generator_readjusts_for_its_temperatures(model):
    generator = Generator(model)
    plain, adjusted = (generator(32, 0.3, readjust_batchnorm=n) for n in (0, 5))
    assert (plain != adjusted).any()
    np.testing.assert_array_equal(plain, generator(32, 0.3))
    of_blocks = generator(32, [0.3, 0.3, 0.3], readjust_batchnorm=5)
    np.testing.assert_array_equal(of_blocks, adjusted)


def test_statistics_are_those_of_every_block_at_its_temperature(model):
    """The state after the first block does not know the temperatures of later ones."""

    def mean_of_first_norm(temperature):
        with readjusted_batch_norm(model, 2, temperature):
            return ops.convert_to_numpy(first_norm(model).moving_mean)

    np.testing.assert_array_equal(mean_of_first_norm([0.3, 1.0, 1.0]), mean_of_first_norm(0.3))
    assert (mean_of_first_norm([1.0, 0.3, 0.3]) != mean_of_first_norm(0.3)).any()


def test_a_model_without_normalisation_is_left_alone():
    model = HVAE(tiny_config())
    generator = Generator(model)
    np.testing.assert_array_equal(generator(4), generator(4, readjust_batchnorm=3))
