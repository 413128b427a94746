"""Mixture of Gaussians for every channel: a float64 reference, and first principles."""

import numpy as np
import pytest
from keras import ops

from hvae.likelihoods import get_likelihood
from hvae.likelihoods.gaussian_mixture import GaussianMixture
from tests.conftest import tiny_config
from tests.likelihoods.checks import (
    assert_finite_for_every_input,
    assert_gradient_agrees_with_differences,
    assert_same_up_to_noise,
    assert_scales_to_unit_interval,
    draw,
    random_parameters,
)

SCALE_PARAMS = ["exp", "smooth_exp", "softplus", "soft_clamp"]


def numpy_components(parameters, channels, scale_param, smoothing):
    """Weights, means and standard deviations, `(..., C, M)`."""
    parts = parameters.astype("float64").reshape(*parameters.shape[:-1], channels, 3, -1)
    if scale_param == "soft_clamp":
        parts = 5 * np.tanh(parts / 5)
    logits, means, raw = np.moveaxis(parts, -2, 0)
    weights = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    stds = {
        "exp": np.exp(raw),
        "smooth_exp": np.exp(smoothing * raw),
        "softplus": np.log1p(np.exp(smoothing * raw)) / smoothing,
        "soft_clamp": np.exp(raw) + 0.01,
    }[scale_param]
    return weights, means, np.maximum(stds, np.exp(-7))


@pytest.mark.parametrize("scale_param", SCALE_PARAMS)
def test_nll_and_its_gradient_agree_with_numpy(scale_param, rng):
    likelihood = GaussianMixture(3, 256, 2, scale_param, smoothing=0.7)
    parameters = random_parameters(likelihood, (2, 3, 3), rng)
    images = rng.integers(0, 256, (2, 3, 3, 3))

    def reference(p, x):
        weights, means, stds = numpy_components(p, 3, scale_param, 0.7)
        noise = (x[..., None] / 255 - means) / stds
        densities = np.exp(-0.5 * noise**2) / (stds * np.sqrt(2 * np.pi))
        return -np.log((weights * densities).sum(axis=-1)).sum(axis=(1, 2, 3))

    nll = ops.convert_to_numpy(likelihood.nll(parameters, images))
    np.testing.assert_allclose(nll, reference(parameters, images), rtol=1e-5)
    assert_gradient_agrees_with_differences(likelihood, reference, parameters, images)


def test_density_integrates_to_one_and_may_exceed_it():
    likelihood = GaussianMixture(1, 1001, 2)
    images = np.arange(1001).reshape(1001, 1, 1, 1)
    pixel = np.array([0.3, -0.4, 0.3, 0.6, -3.0, -3.5], "float32")
    nll = ops.convert_to_numpy(likelihood.nll(np.tile(pixel, (1001, 1, 1, 1)), images))
    np.testing.assert_allclose(np.exp(-nll.astype("float64")).sum() / 1000, 1.0, rtol=1e-5)
    assert nll.min() < -1


@pytest.mark.parametrize("scale_param", SCALE_PARAMS)
def test_value_and_gradient_are_finite_for_every_input(scale_param, rng):
    assert_finite_for_every_input(GaussianMixture(3, 256, 3, scale_param, 0.7), rng)


@pytest.mark.parametrize("scale_param", SCALE_PARAMS)
def test_samples_have_mean_and_standard_deviation(scale_param, rng):
    likelihood = GaussianMixture(3, 256, 2, scale_param, smoothing=0.7)
    parameters = random_parameters(likelihood, (1, 2, 2), rng)
    weights, means, stds = numpy_components(parameters[0], 3, scale_param, 0.7)
    mean = (weights * means).sum(axis=-1)
    variance = (weights * (stds**2 + means**2)).sum(axis=-1) - mean**2
    ours = ops.convert_to_numpy(likelihood.mean(parameters))[0]
    np.testing.assert_allclose(ours, mean, rtol=1e-4, atol=1e-5)
    samples = draw(likelihood, parameters, 40000, rng)
    assert_same_up_to_noise(samples, mean, np.sqrt(variance))


def test_channels_choose_their_components_independently(rng):
    channel = [0.0, 0.0, 0.2, 0.8, -6.0, -6.0]
    parameters = np.array([[[channel * 3]]], "float32")
    samples = draw(GaussianMixture(3, 256, 2), parameters, 8000, rng)
    combinations = (samples[:, 0, 0] > 0.5) @ np.array([1, 2, 4])
    np.testing.assert_allclose(np.bincount(combinations) / 8000, 1 / 8, atol=0.02)


def test_mode_is_the_highest_peak_of_separate_components():
    # Weights 0.6 and 0.4, but the second is four times as narrow.
    pixel = [np.log(0.6), np.log(0.4), 0.2, 0.8, -3.0, -3.0 - np.log(4)]
    parameters = np.array(pixel, "float32").reshape(1, 1, 1, 6)
    mode = ops.convert_to_numpy(GaussianMixture(1, 256, 2).mode(parameters))
    np.testing.assert_allclose(mode.squeeze(), 0.8, rtol=1e-6)


def test_standard_deviations_are_cut_at_their_least(rng):
    parameters = np.array([0.0, 0.5, -8.0], "float32").reshape(1, 1, 1, 3)
    samples = draw(GaussianMixture(1, 256, 1, min_log_scale=-2.0), parameters, 40000, rng)
    assert_same_up_to_noise(samples, 0.5, np.exp(-2.0))


def test_scaling_goes_both_ways():
    for levels in (2, 17, 256):
        assert_scales_to_unit_interval(GaussianMixture(1, levels, 2))


def test_settings_of_the_model_arrive():
    changes = {
        "mixture_scale": "soft_clamp",
        "output_gradient_smoothing": 0.3,
        "min_log_scale": -3.0,
    }
    likelihood = get_likelihood(tiny_config(likelihood="gaussian_mixture", **changes))
    settings = (likelihood.scale_param, likelihood.smoothing, likelihood.min_log_scale)
    assert settings == tuple(changes.values())
    assert (likelihood.channels, likelihood.levels, likelihood.num_mixtures) == (1, 17, 2)
    assert (likelihood.num_parameters, likelihood.unit) == (6, "nats")
