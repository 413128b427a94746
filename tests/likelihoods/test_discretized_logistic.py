"""Discretized logistic: a float64 reference, and first principles."""

import numpy as np
import pytest
from keras import ops

from hvae.likelihoods import get_likelihood
from hvae.likelihoods.discretized_logistic import DiscretizedLogistic
from tests.conftest import tiny_config
from tests.likelihoods.checks import (
    assert_finite_for_every_input,
    assert_gradient_agrees_with_differences,
    assert_same_up_to_noise,
    assert_scales_to_unit_interval,
    draw,
    nll_of_levels,
    random_parameters,
)


def numpy_probabilities(parameters, levels):
    """Probability of every level by differences of the CDF, `(levels, ...)`."""
    means, log_scales = np.split(parameters.astype("float64"), 2, axis=-1)
    edges = (np.arange(1, levels) / levels).reshape(-1, *[1] * means.ndim)
    scales = np.exp(np.maximum(log_scales - 1, -7))
    inner = 0.5 * (1 + np.tanh((edges - means - 0.5) / scales / 2))
    ends = np.zeros_like(means)[None], np.ones_like(means)[None]
    return np.diff(np.concatenate([ends[0], inner, ends[1]]), axis=0)


def numpy_nll(parameters, images, levels):
    p = np.take_along_axis(numpy_probabilities(parameters, levels), images[None], axis=0)[0]
    return -np.log(p + 1e-7).sum(axis=(1, 2, 3))


@pytest.mark.parametrize("levels", [2, 17, 256])
def test_nll_and_its_gradient_agree_with_differences_of_the_cdf(levels, rng):
    likelihood = DiscretizedLogistic(3, levels)
    parameters = random_parameters(likelihood, (2, 3, 3), rng)
    images = rng.integers(0, levels, (2, 3, 3, 3))
    images[0, 0, 0], images[0, 0, 1] = 0, levels - 1

    def reference(p, x):
        return numpy_nll(p, x, levels)

    nll = ops.convert_to_numpy(likelihood.nll(parameters, images))
    np.testing.assert_allclose(nll, reference(parameters, images), rtol=1e-5)
    assert_gradient_agrees_with_differences(likelihood, reference, parameters, images)


@pytest.mark.parametrize("levels", [2, 17, 256])
def test_probabilities_sum_to_one_and_what_is_added_to_each(levels, rng):
    likelihood = DiscretizedLogistic(1, levels)
    for scale in (0.3, 1.0, 3.0):
        pixel = random_parameters(likelihood, (), rng, scale)
        total = np.exp(-nll_of_levels(likelihood, pixel)).sum()
        assert abs(total - 1 - levels * 1e-7) < 5e-6


def test_improbable_levels_cost_no_more_than_the_added_probability():
    nll = nll_of_levels(DiscretizedLogistic(1, 256), [0.4, -5.0])
    np.testing.assert_allclose(nll[:100], -np.log(1e-7), rtol=1e-6)


def test_value_and_gradient_are_finite_for_every_input(rng):
    assert_finite_for_every_input(DiscretizedLogistic(3, 256), rng)


def test_log_scales_are_cut_at_their_least():
    likelihood = DiscretizedLogistic(1, 17, min_log_scale=-2.0)
    least = nll_of_levels(likelihood, [0.1, -1.0])
    np.testing.assert_array_equal(nll_of_levels(likelihood, [0.1, -5.0]), least)
    assert np.abs(nll_of_levels(likelihood, [0.1, -0.9]) - least).max() > 1e-2


@pytest.mark.parametrize("levels", [2, 17, 256])
def test_mean_is_that_of_the_levels(levels):
    """Where a bin is narrower than the scale, rounding to levels does not move the mean."""
    likelihood = DiscretizedLogistic(1, levels)
    for mean in (-0.6, -0.2, 0.07, 2.0):
        for log_scale in (0.0, 0.6, 3.0, 30.0):
            pixel = np.array([mean, 1 + log_scale - 0.5 * np.log(levels)], "float32")
            p = numpy_probabilities(pixel, levels)[:, 0]
            expected = p @ np.arange(levels) / (levels - 1)
            ours = ops.convert_to_numpy(likelihood.mean(pixel.reshape(1, 1, 1, 2)))
            np.testing.assert_allclose(ours.squeeze(), expected, atol=5e-3 / levels)


def test_mean_is_at_most_half_a_level_off():
    likelihood = DiscretizedLogistic(1, 5)
    for mean in np.linspace(-0.7, 0.7, 29):
        pixel = np.array([mean, -4.0], "float32")
        expected = numpy_probabilities(pixel, 5)[:, 0] @ np.arange(5) / 4
        ours = ops.convert_to_numpy(likelihood.mean(pixel.reshape(1, 1, 1, 2)))
        assert abs(ours.squeeze() - expected) < 0.5 / 4 + 1e-6


def test_samples_are_levels_with_their_probabilities(rng):
    likelihood = DiscretizedLogistic(1, 5)
    parameters = np.array([0.2, -0.8, -0.45, 0.0], "float32").reshape(1, 1, 2, 2)
    samples = draw(likelihood, parameters, 40000, rng)[..., 0]
    np.testing.assert_array_equal(samples, np.round(samples * 4) / 4)
    probabilities = numpy_probabilities(parameters, 5)[:, 0, ..., 0]
    for level, probability in enumerate(probabilities):
        assert_same_up_to_noise(samples == level / 4, probability)


def test_mode_is_the_most_probable_level():
    likelihood = DiscretizedLogistic(1, 17)
    for mean in (-2.0, -0.49, -0.1, 0.02, 0.3, 0.47, 2.0):
        parameters = np.array([mean, -4.0], "float32").reshape(1, 1, 1, 2)
        mode = ops.convert_to_numpy(likelihood.mode(parameters)).squeeze()
        level = nll_of_levels(likelihood, parameters[0, 0, 0]).argmin()
        np.testing.assert_allclose(mode, level / 16, rtol=1e-6)


def test_scaling_goes_both_ways():
    for levels in (2, 17, 256):
        assert_scales_to_unit_interval(DiscretizedLogistic(1, levels))


def test_settings_of_the_model_arrive():
    likelihood = get_likelihood(tiny_config(likelihood="discretized_logistic", min_log_scale=-3.0))
    assert (likelihood.channels, likelihood.levels, likelihood.min_log_scale) == (1, 17, -3.0)
    assert likelihood.unit == "bits_per_dim"
