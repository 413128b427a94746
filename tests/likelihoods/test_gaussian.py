"""Gaussian pixels: a float64 reference, and first principles."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.likelihoods import get_likelihood
from hvae.likelihoods.gaussian import Gaussian
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


def numpy_moments(parameters, scale_param, smoothing):
    """Mean and standard deviation."""
    mean, raw = np.split(parameters.astype("float64"), 2, axis=-1)
    if scale_param == "soft_clamp":
        return 5 * np.tanh(mean / 5), np.exp(5 * np.tanh(raw / 5)) + 0.01
    std = {
        "exp": np.exp(raw),
        "smooth_exp": np.exp(smoothing * raw),
        "softplus": np.log1p(np.exp(smoothing * raw)) / smoothing,
    }[scale_param]
    return mean, np.maximum(std, np.exp(-7))


@pytest.mark.parametrize("scale_param", SCALE_PARAMS)
def test_nll_and_its_gradient_agree_with_numpy(scale_param, rng):
    likelihood = Gaussian(3, 256, scale_param, smoothing=0.7)
    parameters = random_parameters(likelihood, (2, 3, 3), rng)
    images = rng.integers(0, 256, (2, 3, 3, 3))

    def reference(p, x):
        mean, std = numpy_moments(p, scale_param, 0.7)
        density = np.exp(-0.5 * ((x / 255 - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
        return -np.log(density).sum(axis=(1, 2, 3))

    nll = ops.convert_to_numpy(likelihood.nll(parameters, images))
    np.testing.assert_allclose(nll, reference(parameters, images), rtol=1e-5)
    assert_gradient_agrees_with_differences(likelihood, reference, parameters, images)


def test_density_integrates_to_one_and_may_exceed_it():
    likelihood = Gaussian(1, 1001)
    images = np.arange(1001).reshape(1001, 1, 1, 1)
    parameters = np.tile(np.array([0.4, -3.0], "float32"), (1001, 1, 1, 1))
    nll = ops.convert_to_numpy(likelihood.nll(parameters, images)).astype("float64")
    np.testing.assert_allclose(np.exp(-nll).sum() / 1000, 1.0, rtol=1e-5)
    assert nll.min() < -2


@pytest.mark.parametrize("scale_param", SCALE_PARAMS)
def test_value_and_gradient_are_finite_for_every_input(scale_param, rng):
    assert_finite_for_every_input(Gaussian(3, 256, scale_param, 0.7), rng)


@pytest.mark.parametrize("scale_param", SCALE_PARAMS)
def test_samples_have_mean_and_standard_deviation(scale_param, rng):
    likelihood = Gaussian(3, 256, scale_param, smoothing=0.7)
    parameters = random_parameters(likelihood, (1, 2, 2), rng)
    mean, std = numpy_moments(parameters[0], scale_param, 0.7)
    for value in (likelihood.mean(parameters), likelihood.mode(parameters)):
        np.testing.assert_allclose(ops.convert_to_numpy(value)[0], mean, rtol=1e-5)
    samples = draw(likelihood, parameters, 40000, rng)
    assert_same_up_to_noise(samples, mean, std)
    # 68% within one standard deviation: the shape, too, is normal.
    assert_same_up_to_noise(np.abs(samples - mean) < std, 0.6827)


def test_standard_deviations_are_cut_at_their_least(rng):
    parameters = np.array([0.5, -8.0], "float32").reshape(1, 1, 1, 2)
    samples = draw(Gaussian(1, 256, min_log_scale=-2.0), parameters, 40000, rng)
    assert_same_up_to_noise(samples, 0.5, np.exp(-2.0))


def test_scaling_goes_both_ways():
    for levels in (2, 17, 256):
        assert_scales_to_unit_interval(Gaussian(1, levels))


def test_settings_of_the_model_arrive():
    changes = {
        "mixture_scale": "soft_clamp",
        "output_gradient_smoothing": 0.3,
        "min_log_scale": -3.0,
    }
    likelihood = get_likelihood(tiny_config(likelihood="gaussian", **changes))
    settings = (likelihood.scale_param, likelihood.smoothing, likelihood.min_log_scale)
    assert settings == tuple(changes.values())
    assert (likelihood.channels, likelihood.levels, likelihood.unit) == (1, 17, "nats")


def test_the_other_mixture_of_logistics_has_no_soft_clamp():
    with pytest.raises(UserError, match="mixture_scale: dmol allows .* Received: soft_clamp"):
        tiny_config(likelihood="dmol", mixture_scale="soft_clamp")


@pytest.mark.parametrize(
    "name", ["logistic_mixture", "discretized_logistic", "gaussian", "gaussian_mixture"]
)
def test_only_the_other_mixture_of_logistics_takes_fewer_bits(name):
    with pytest.raises(UserError, match="num_bits: .* likelihood dmol. Received: 3"):
        tiny_config(likelihood=name, num_bits=3)
