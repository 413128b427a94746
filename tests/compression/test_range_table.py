"""Tables of single digits are the likelihood's own probabilities."""

import functools

import numpy as np
import pytest
from keras import ops

from hvae.compression.coded_models import coded_likelihood
from hvae.compression.digits import Digits
from hvae.compression.range_table import range_table
from hvae.likelihoods import get_likelihood
from tests.conftest import tiny_config
from tests.harness import compiled

pytestmark = pytest.mark.every_backend

RGB = {"image_channels": 3, "levels": 256}
GREY = {"image_channels": 1, "levels": 17}  # a last range that is not full


def settings_of(name, **changes):
    return {"likelihood": name, **changes}


def nll_of_pixels(likelihood, parameters, values):
    """−log p of each pixel, by the likelihood itself."""
    one_pixel = (len(values), 1, 1, -1)
    nll = compiled(likelihood.nll)(parameters.reshape(one_pixel), values.reshape(one_pixel))
    return ops.convert_to_numpy(nll)


def cost_of_digits(likelihood, parameters, values):
    """−log p of each pixel, digit by digit of channel by channel."""
    count, (base, spans) = len(values), Digits.of_levels(likelihood.levels)
    total, table_of = np.zeros(count), compiled(functools.partial(range_table, likelihood))
    for channel in range(likelihood.channels):
        for span in spans:
            # What comes after does not count.
            known = np.where(np.arange(likelihood.channels) < channel, values, 1)
            known[:, channel] = values[:, channel] // (base * span) * (base * span)
            constants = (np.full(count, x, "int32") for x in (channel, span))
            inputs = (parameters, known.astype("int32"), *constants)
            table = ops.convert_to_numpy(table_of(*map(ops.convert_to_tensor, inputs)))
            table = table.astype("float64")
            assert table.shape == (count, base)
            table /= table.sum(axis=-1, keepdims=True)
            total -= np.log(table[np.arange(count), values[:, channel] // span % base])
    return total


@pytest.mark.parametrize(
    "settings",
    [
        settings_of("dmol", **RGB),
        settings_of("dmol", **GREY),
        settings_of("dmol", image_channels=1, levels=2**12),
        settings_of("logistic_mixture", **RGB),
        settings_of("discretized_logistic", **RGB),
        settings_of("discretized_logistic", **GREY),
        settings_of("bernoulli", image_channels=3, levels=2),
    ],
    ids=str,
)
def test_digit_by_digit_it_is_p_of_the_pixel(settings, rng):
    likelihood = get_likelihood(tiny_config(**settings))
    # Narrow and wide components, and means beyond both ends.
    parameters = 2.0 * rng.standard_normal((60, likelihood.num_parameters)).astype("float32")
    values = rng.integers(0, likelihood.levels, (60, likelihood.channels)).astype("int32")
    values[:2], values[2:4] = 0, likelihood.levels - 1
    expected = nll_of_pixels(likelihood, parameters, values)
    if settings["likelihood"] == "discretized_logistic":
        # Divided by the sum of what it adds to each probability.
        expected += likelihood.channels * np.log1p(likelihood.levels * 1e-7)
    found = cost_of_digits(likelihood, parameters, values)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)


@pytest.mark.once
@pytest.mark.parametrize(
    ("likelihood", "bins"),
    [("dmol", "openai_vdvae"), ("dmol", "nvlabs_nvae"), ("logistic_mixture", "mgp123_nvae")],
)
def test_published_bins_are_coded_by_those_of_a_distribution(likelihood, bins, rng):
    config = tiny_config(likelihood=likelihood, published_bins=bins, **RGB)
    coded, published = coded_likelihood(config), get_likelihood(config)
    parameters = rng.standard_normal((40, coded.num_parameters)).astype("float32")
    # Not of the highest two levels, which some codes give the same bin.
    values = rng.integers(0, 254, (40, 3)).astype("int32")
    found = cost_of_digits(coded, parameters, values)
    expected = nll_of_pixels(published, parameters, values)
    assert abs(found.mean() / expected.mean() - 1.0) < 0.01


@pytest.mark.once
@pytest.mark.parametrize(
    ("levels", "base", "spans"),
    [
        (2, 2, (1,)),
        (16, 16, (1,)),
        (17, 5, (5, 1)),
        (256, 16, (16, 1)),
        (1000, 10, (100, 10, 1)),
        (2**16, 16, (4096, 256, 16, 1)),
    ],
)
def test_a_value_is_few_digits(levels, base, spans):
    assert Digits.of_levels(levels) == (base, spans)
