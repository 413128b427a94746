"""Logistic mixture for every channel: published numbers, and first principles."""

import numpy as np
import pytest
from keras import ops

from hvae.likelihoods import get_likelihood
from hvae.likelihoods.logistic_mixture import LogisticMixture
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


def test_nll_agrees_with_published_code(golden):
    d = golden("nvae_mgp123_tiny.npz")
    config = tiny_config(
        image_size=(32, 32),
        image_channels=3,
        levels=256,
        likelihood="logistic_mixture",
        num_output_mixtures=3,
        published_bins="mgp123_nvae",
    )
    likelihood = get_likelihood(config)
    assert likelihood.num_parameters == d["likelihood_params"].shape[-1]
    nll = ops.convert_to_numpy(likelihood.nll(d["likelihood_params"], d["x_uint8"]))
    np.testing.assert_allclose(nll, d["nll_nats"], rtol=1e-6)


def numpy_components(parameters, channels, min_log_scale=-7.0):
    """Weights, means and scales, `(..., C, M)`."""
    parts = parameters.astype("float64").reshape(*parameters.shape[:-1], channels, 3, -1)
    logits, means, log_scales = np.moveaxis(parts, -2, 0)
    weights = np.exp(5 * np.tanh(logits / 5))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights, np.clip(means, -5, 5), np.exp(np.maximum(log_scales, min_log_scale))


def numpy_nll(parameters, images, levels, published_bins="off"):
    """By differences of the distribution function."""
    weights, means, scales = numpy_components(parameters, images.shape[-1])
    k = images[..., None]

    def below(edge):
        return 0.5 * (1 + np.tanh((edge - means) / scales / 2))

    lower = np.where(k == 0, 0, below((2 * k - 1) / (levels - 1) - 1))
    is_open = (k >= levels - (1 if published_bins == "off" else 2)) & (k > 0)
    upper = np.where(is_open, 1, below((2 * k + 1) / (levels - 1) - 1))
    bins = upper - lower
    if published_bins == "mgp123_nvae":
        bins = np.where(is_open | (k == 0), bins, np.maximum(bins, 1e-10))
    return -np.log((weights * bins).sum(axis=-1)).sum(axis=(1, 2, 3))


def test_published_bins_have_a_floor(rng):
    """A narrow component far from the pixel: 1e-10, where the exact value underflows."""
    parameters = np.array([0.0, -0.5, -6.0], "float32").reshape(1, 1, 1, 3)
    image = np.full((1, 1, 1, 1), 200, "uint8")
    nll = [
        ops.convert_to_numpy(LogisticMixture(1, 256, 1, published_bins=b).nll(parameters, image))
        for b in ("mgp123_nvae", "off")
    ]
    assert abs(nll[0][0] - 10 * np.log(10)) < 1e-3 and nll[1][0] > 400.0


@pytest.mark.parametrize("levels", [2, 17, 256])
@pytest.mark.parametrize("published_bins", ["off", "mgp123_nvae"])
def test_nll_and_its_gradient_agree_with_differences_of_the_cdf(levels, published_bins, rng):
    likelihood = LogisticMixture(3, levels, 2, published_bins=published_bins)
    parameters = random_parameters(likelihood, (2, 3, 3), rng)
    images = rng.integers(0, levels, (2, 3, 3, 3))
    images[0, 0, 0], images[0, 0, 1], images[0, 0, 2] = 0, levels - 1, max(levels - 2, 0)

    def reference(p, x):
        return numpy_nll(p, x, levels, published_bins)

    nll = ops.convert_to_numpy(likelihood.nll(parameters, images))
    np.testing.assert_allclose(nll, reference(parameters, images), rtol=1e-5)
    assert_gradient_agrees_with_differences(likelihood, reference, parameters, images)


@pytest.mark.parametrize("levels", [2, 17, 256])
def test_probabilities_sum_to_one(levels, rng):
    likelihood = LogisticMixture(1, levels, 3)
    for scale in (0.3, 1.0, 3.0):
        pixel = random_parameters(likelihood, (), rng, scale)
        assert abs(np.exp(-nll_of_levels(likelihood, pixel)).sum() - 1) < 1e-5


def test_improbable_bins_are_exact():
    """Far from the mean, where the other mixture of logistics takes the density instead."""
    likelihood = LogisticMixture(1, 256, 1)
    nll = nll_of_levels(likelihood, [0.0, 0.9, -6.0])
    inverse, edges = np.exp(6.0), (2 * np.arange(1, 101) - 1) / 255 - 1 - 0.9
    # Of two far edges, σ is e^edge to float32.
    expected = -(inverse * (edges + 2 / 255) + np.log1p(-np.exp(-inverse * 2 / 255)))
    np.testing.assert_allclose(nll[1:101], expected, rtol=1e-5)


def test_value_and_gradient_are_finite_for_every_input(rng):
    assert_finite_for_every_input(LogisticMixture(3, 256, 3), rng)


def test_bounds_of_parameters():
    """Logits within 5 either way, means cut at 5, log-scales cut at their least."""
    likelihood = LogisticMixture(1, 17, 2, min_log_scale=-2.0)
    bounded = nll_of_levels(likelihood, [1e6, -1e6, 5.0, -5.0, -2.0, -1.0])
    np.testing.assert_allclose(
        nll_of_levels(likelihood, [1e4, -1e4, 50.0, -50.0, -9.0, -1.0]), bounded, rtol=1e-6
    )
    # The weights are σ(±10), not 1 and 0: the first bin belongs to the second component.
    np.testing.assert_allclose(bounded[0], 10.0, atol=0.02)


def test_mean_counts_what_is_clipped_at_any_scale():
    likelihood, u = LogisticMixture(1, 256, 1), (np.arange(200000) + 0.5) / 200000
    for mean in (-5.0, -0.3, 0.8):
        for log_scale in (-7.0, -2.0, -0.1, 0.1, 3.0, 20.0, 100.0):
            y = mean + np.exp(log_scale) * np.log(u / (1 - u))
            expected = 0.5 * (np.clip(y, -1, 1).mean() + 1)
            parameters = np.array([0.0, mean, log_scale], "float32").reshape(1, 1, 1, 3)
            ours = ops.convert_to_numpy(likelihood.mean(parameters))
            np.testing.assert_allclose(ours.squeeze(), expected, atol=1e-5)


def test_samples_have_the_mean_and_the_distribution(rng):
    likelihood = LogisticMixture(3, 256, 2)
    parameters = random_parameters(likelihood, (1, 2, 2), rng)
    parameters[..., 4:6] -= 1.5
    samples = draw(likelihood, parameters, 20000, rng)
    assert samples.min() >= 0 and samples.max() <= 1
    mean = ops.convert_to_numpy(likelihood.mean(parameters))[0]
    assert_same_up_to_noise(samples, mean)
    weights, means, scales = numpy_components(parameters[0], 3)
    for x in (0.01, 0.3, 0.7):
        below = 0.5 * (1 + np.tanh((2 * x - 1 - means) / scales / 2))
        assert_same_up_to_noise(samples < x, (weights * below).sum(axis=-1))


def test_channels_choose_their_components_independently(rng):
    likelihood = LogisticMixture(3, 256, 2)
    channel = [0.0, 0.0, -0.6, 0.6, -6.0, -6.0]
    samples = draw(likelihood, np.array([[[channel * 3]]], "float32"), 8000, rng)
    combinations = (samples[:, 0, 0] > 0.5) @ np.array([1, 2, 4])
    np.testing.assert_allclose(np.bincount(combinations) / 8000, 1 / 8, atol=0.02)


def test_mode_is_the_most_probable_level_of_separate_components():
    # Weights 0.6 and 0.4, but the second is four times as narrow.
    pixel = [np.log(0.6), np.log(0.4), -0.5, 0.5, -3.0, -3.0 - np.log(4)]
    likelihood = LogisticMixture(1, 256, 2)
    parameters = np.array(pixel, "float32").reshape(1, 1, 1, 6)
    mode = ops.convert_to_numpy(likelihood.unscale(likelihood.mode(parameters)))
    assert abs(int(mode.squeeze()) - int(nll_of_levels(likelihood, pixel).argmin())) <= 1


def test_scaling_goes_both_ways():
    for levels in (2, 17, 256):
        assert_scales_to_unit_interval(LogisticMixture(1, levels, 2))


def test_settings_of_the_model_arrive():
    config = tiny_config(
        likelihood="logistic_mixture", min_log_scale=-3.0, published_bins="mgp123_nvae"
    )
    likelihood = get_likelihood(config)
    assert likelihood.unit == "bits_per_dim"
    assert (likelihood.channels, likelihood.levels, likelihood.num_mixtures) == (1, 17, 2)
    assert (likelihood.min_log_scale, likelihood.published_bins) == (
        -3.0,
        "mgp123_nvae",
    )
