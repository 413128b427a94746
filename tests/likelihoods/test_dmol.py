"""Discretized mixture of logistics: published numbers, and first principles."""

import functools

import numpy as np
import pytest
from keras import ops

from hvae.likelihoods.dmol import DiscretizedMixtureOfLogistics
from tests.harness import gradient
from tests.likelihoods.checks import assert_finite_for_every_input, random_parameters


@functools.cache  # for each its methods are compiled
def make(channels, levels, num_mixtures=3, **options):
    return DiscretizedMixtureOfLogistics(channels, levels, num_mixtures, **options)


def published(levels, d):
    return make(3, levels, int(d["dmol_num_mixtures"]), published_bins="openai_vdvae")


def test_nll_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    for levels, images, key in (
        (256, d["dmol_x_uint8"], "dmol_nll_nats_per_dim"),
        (32, d["dmol_x_5bit"], "dmol_nll_5bit_nats_per_dim"),
    ):
        likelihood = published(levels, d)
        nll = ops.convert_to_numpy(likelihood.nll(d["dmol_params"], images))
        np.testing.assert_allclose(nll / images[0].size, d[key], rtol=1e-5)


def test_gradient_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    likelihood = published(256, d)
    images = d["dmol_x_uint8"]
    dims = images[0].size
    slope = gradient(lambda p: ops.sum(likelihood.nll(p, images)) / dims, d["dmol_params"])
    expected = d["dmol_grad_params"]
    largest = np.abs(expected).max()
    np.testing.assert_allclose(slope, expected, rtol=1e-4, atol=1e-4 * largest)


def test_sampler_agrees_with_published_code(golden):
    d = golden("distributions_and_flows.npz")
    likelihood = DiscretizedMixtureOfLogistics(3, 256, int(d["dmol_num_mixtures"]))
    uniforms = {"mixture": d["dmol_uniform_mixture"], "logistic": d["dmol_uniform_logistic"]}
    sample = ops.convert_to_numpy(likelihood.sample(d["dmol_params"], uniforms))
    np.testing.assert_allclose(sample, d["dmol_sample"], rtol=1e-5, atol=1e-5)


def numpy_bin_probabilities(likelihood, logits, means, log_scales):
    """Probability of each level of one grey pixel, `(levels,)`, by differences of the CDF."""
    weights = np.exp(logits - np.logaddexp.reduce(logits))
    edges = (2 * np.arange(1, likelihood.levels) - 1) / (likelihood.levels - 1) - 1
    arguments = (edges[:, None] - means) / np.exp(log_scales)
    cdf = np.concatenate([np.zeros((1, len(means))), 0.5 * (1 + np.tanh(arguments / 2))])
    cdf = np.concatenate([cdf, np.ones((1, len(means)))])
    return (np.diff(cdf, axis=0) * weights).sum(axis=1)


def total(likelihood, parameters, images):
    """Sum of the probabilities of images of one pixel, all with the same parameters."""
    many = np.repeat(parameters, len(images), axis=0)
    nll = ops.convert_to_numpy(likelihood.nll(many, images))
    return np.exp(-nll.astype("float64")).sum()


def scale_means_apart(likelihood, parameters, log_scale):
    """The parameters with about this log-scale everywhere."""
    m = likelihood.num_mixtures
    rest = parameters[..., m:].reshape(*parameters.shape[:-1], likelihood.channels, -1)
    rest[..., m : 2 * m] = log_scale + 0.1 * rest[..., m : 2 * m]
    return parameters


NARROW_TO_WIDE = (-30.0, -7.0, -4.0, -2.0, 0.0, 5.0)


@pytest.mark.parametrize("scale_param", ["exp", "softplus", "smooth_exp"])
@pytest.mark.parametrize("num_bits", range(1, 9))
def test_grey_probabilities_of_all_values_sum_to_one(num_bits, scale_param, rng):
    """Wherever scales lie, and where means lie on the edge of a bin."""
    likelihood = make(
        1, 256, scale_param=scale_param, smoothing=0.7, min_log_scale=-30.0, num_bits=num_bits
    )
    images = np.arange(0, 256, 2 ** (8 - num_bits)).reshape(-1, 1, 1, 1)
    for log_scale in NARROW_TO_WIDE:
        parameters = random_parameters(likelihood, (1, 1, 1), rng)
        parameters = scale_means_apart(likelihood, parameters, log_scale)
        parameters[..., 4] = 0.0  # an edge: the number of values is even
        assert abs(total(likelihood, parameters, images) - 1) < 1e-5, log_scale


@pytest.mark.parametrize("num_bits", range(1, 6))
def test_rgb_probabilities_of_all_colours_sum_to_one(num_bits, rng):
    likelihood = make(3, 256, 2, min_log_scale=-30.0, num_bits=num_bits)
    levels = np.arange(0, 256, 2 ** (8 - num_bits))
    colours = np.stack(np.meshgrid(*[levels] * 3, indexing="ij"), -1).reshape(-1, 1, 1, 3)
    for log_scale in NARROW_TO_WIDE:
        parameters = random_parameters(likelihood, (1, 1, 1), rng)
        parameters = scale_means_apart(likelihood, parameters, log_scale)
        assert abs(total(likelihood, parameters, colours) - 1) < 1e-5, log_scale


@pytest.mark.parametrize("published_bins", ["openai_vdvae", "efficient_vdvae"])
@pytest.mark.parametrize("num_bits", [3, 5, 8])
def test_published_bins_agree_with_differences_of_the_cdf(published_bins, num_bits, rng):
    """Bins 2/(2ᵇ − 1) wide around values 2ˢ/127.5 apart; only openai/vdvae leaves white closed."""
    likelihood = make(1, 256, num_bits=num_bits, published_bins=published_bins)
    parameters = scale_means_apart(likelihood, random_parameters(likelihood, (1, 1, 1), rng), -1.0)
    logits, means, log_scales = parameters[0, 0, 0].astype("float64").reshape(3, 3)
    images = np.arange(0, 256, 2 ** (8 - num_bits))
    x, half = images[:, None] / 127.5 - 1, 1 / (2**num_bits - 1)
    edges = np.stack([x - half, x + half])
    edges[0, 0] = -np.inf
    if num_bits == 8 or published_bins == "efficient_vdvae":
        edges[1, -1] = np.inf
    cdf = 0.5 * (1 + np.tanh((edges - means) / np.exp(log_scales) / 2))
    weights = np.exp(logits - np.logaddexp.reduce(logits))
    expected = ((cdf[1] - cdf[0]) * weights).sum(axis=-1)
    many = np.repeat(parameters, len(images), axis=0)
    nll = ops.convert_to_numpy(likelihood.nll(many, images.reshape(-1, 1, 1, 1)))
    np.testing.assert_allclose(np.exp(-nll), expected, rtol=1e-4)
    assert abs(expected.sum() - 1) < 1e-6 or num_bits < 8


def test_nll_agrees_with_published_nvae(golden):
    d = golden("nvlabs_nvae_tiny.npz")
    nll = make(3, 256, 5, published_bins="nvlabs_nvae").nll(d["logits"], d["x_uint8"])
    np.testing.assert_allclose(ops.convert_to_numpy(nll), d["nll_nats"], rtol=1e-5)


@pytest.mark.parametrize(("num_bits", "levels_apart"), [(8, [254]), (5, [])])
def test_the_last_bin_of_nvae_has_all_above_99_hundredths(num_bits, levels_apart):
    """With 8 bits it is that of 254 and 255; with 5 only the highest value lies there."""
    images = np.arange(0, 256, 2 ** (8 - num_bits)).reshape(-1, 1, 1, 1)
    parameters = np.tile(np.array([0.0, 3.0, 0.0], "float32"), (len(images), 1, 1, 1))
    published, proper = (
        ops.convert_to_numpy(
            make(1, 256, 1, num_bits=num_bits, published_bins=bins).nll(parameters, images)
        )
        for bins in ("nvlabs_nvae", "off")
    )
    assert images[np.abs(published - proper) > 1e-3].ravel().tolist() == levels_apart


@pytest.mark.parametrize("levels", [2, 17, 32, 256])
def test_grey_nll_agrees_with_differences_of_the_cdf(levels, rng):
    likelihood = make(1, levels)
    parameters = random_parameters(likelihood, (1, 1, 1), rng)
    # All levels of the pixel at once, as a batch.
    images = np.arange(levels).reshape(levels, 1, 1, 1)
    nll = ops.convert_to_numpy(likelihood.nll(np.repeat(parameters, levels, axis=0), images))
    logits, means, log_scales = parameters[0, 0, 0].astype("float64").reshape(3, 3)
    expected = numpy_bin_probabilities(likelihood, logits, means, log_scales)
    np.testing.assert_allclose(np.exp(-nll), expected, rtol=1e-4)
    assert abs(np.exp(-nll.astype("float64")).sum() - 1) < 1e-4


def test_rgb_probabilities_sum_to_one(rng):
    """Over all 27 colours of three levels: the coefficients enter as conditionals."""
    likelihood = make(3, 3)
    parameters = random_parameters(likelihood, (1, 1, 1), rng)
    colours = np.stack(np.meshgrid(*[range(3)] * 3, indexing="ij"), -1).reshape(27, 1, 1, 3)
    nll = ops.convert_to_numpy(likelihood.nll(np.repeat(parameters, 27, axis=0), colours))
    assert abs(np.exp(-nll.astype("float64")).sum() - 1) < 1e-4


def test_softplus_scales(rng):
    """A net output r with softplus(βr)/β = s means the same as log s without softplus."""
    smooth, plain = make(1, 17, scale_param="softplus", smoothing=0.7), make(1, 17)
    parameters = random_parameters(smooth, (2, 3, 3), rng)
    raw = parameters[..., 6:].astype("float64")
    converted = parameters.copy()
    converted[..., 6:] = np.log(np.log1p(np.exp(0.7 * raw)) / 0.7)
    images = rng.integers(0, 17, (2, 3, 3, 1))
    results = [
        ops.convert_to_numpy(a.nll(b, images))
        for a, b in ((smooth, parameters), (plain, converted))
    ]
    np.testing.assert_allclose(*results, rtol=1e-5)


@pytest.mark.parametrize("scale_param", ["exp", "softplus"])
def test_value_and_gradient_are_finite_for_every_input(scale_param, rng):
    assert_finite_for_every_input(make(3, 256, scale_param=scale_param), rng)


def test_clamped_scales_have_no_gradient_and_free_ones_do(rng):
    likelihood = make(1, 256, num_mixtures=1, min_log_scale=-2.0)
    parameters = np.array([0.0, 0.1, -3.0, 0.0, 0.1, -1.0], "float32").reshape(1, 1, 2, 3)
    images = np.full((1, 1, 2, 1), 130)
    slope = gradient(lambda p: ops.sum(likelihood.nll(p, images)), parameters)[0, 0, :, 2]
    assert slope[0] == 0.0 and abs(slope[1]) > 1e-3


@pytest.mark.parametrize("channels", [1, 3])
def test_mean_is_that_of_the_samples(channels, rng):
    likelihood = make(channels, 256)
    # Scales around 0.1: little is clipped, where the means of later channels are exact.
    parameters = random_parameters(likelihood, (1, 2, 2), rng, scale=0.3)
    rest = parameters[..., 3:].reshape(1, 2, 2, channels, -1)
    rest[..., 3:6] -= 2.5
    mean = ops.convert_to_numpy(likelihood.mean(parameters))
    count = 20000
    many = np.repeat(parameters, count, axis=0)
    uniforms = {
        name: rng.uniform(1e-6, 1 - 1e-6, shape).astype("float32")
        for name, shape in likelihood.noise_shapes(count, 2, 2).items()
    }
    samples = ops.convert_to_numpy(likelihood.sample(many, uniforms))
    error = samples.std(axis=0) / np.sqrt(count)
    assert (np.abs(samples.mean(axis=0) - mean[0]) < 5 * error + 1e-3).all()


def test_mean_of_one_wide_grey_component_counts_what_is_clipped(rng):
    likelihood = make(1, 256, num_mixtures=1)
    parameters = np.array([0.0, 0.6, 0.0], "float32").reshape(1, 1, 1, 3)
    u = (np.arange(200000) + 0.5) / 200000
    expected = np.clip(0.6 + np.log(u / (1 - u)), -1, 1).mean()
    mean = ops.convert_to_numpy(likelihood.mean(parameters))
    np.testing.assert_allclose(mean.squeeze(), expected, atol=1e-4)


def test_mode_is_the_most_probable_level_of_separate_components():
    likelihood = make(1, 256, num_mixtures=2)
    # Weights 0.6 and 0.4, but the second is four times as narrow.
    parameters = np.array([np.log(0.6), np.log(0.4), -0.5, 0.5, -3.0, -3.0 - np.log(4)], "float32")
    parameters = parameters.reshape(1, 1, 1, 6)
    images = np.arange(256).reshape(256, 1, 1, 1)
    nll = ops.convert_to_numpy(likelihood.nll(np.repeat(parameters, 256, axis=0), images))
    mode = ops.convert_to_numpy(likelihood.unscale(likelihood.mode(parameters)))
    assert abs(int(mode.squeeze()) - int(nll.argmin())) <= 1


def test_scaling_goes_both_ways():
    for levels in (2, 17, 256):
        likelihood = make(1, levels)
        images = np.arange(levels)
        scaled = ops.convert_to_numpy(likelihood.scale(images))
        assert scaled[0] == -1.0 and abs(scaled[-1] - 1.0) < 1e-6
        np.testing.assert_array_equal(ops.convert_to_numpy(likelihood.unscale(scaled)), images)


@pytest.mark.parametrize(
    ("published_bins", "distance"),
    [("off", 2 / 31), ("nvlabs_nvae", 2 / 31), ("openai_vdvae", 8 / 127.5)],
)
def test_five_bits_of_eight_are_bins_of_eight_levels(published_bins, distance, rng):
    """All eight levels of a bin have the same likelihood, and encode to the same float."""
    likelihood = make(1, 256, num_bits=5, published_bins=published_bins)
    parameters = random_parameters(likelihood, (1, 1, 1), rng)
    images = np.arange(256).reshape(256, 1, 1, 1)
    nll = ops.convert_to_numpy(likelihood.nll(np.repeat(parameters, 256, axis=0), images))
    bins = nll.reshape(32, 8)
    assert (bins == bins[:, :1]).all() and len(np.unique(bins[:, 0])) == 32
    scaled = ops.convert_to_numpy(likelihood.scale(images)).reshape(32, 8)
    np.testing.assert_allclose(scaled[:, 3], np.arange(32) * distance - 1, atol=1e-6)
    back = ops.convert_to_numpy(likelihood.unscale(scaled))
    np.testing.assert_array_equal(back, images.reshape(32, 8) // 8 * 8)
