"""Tables of single channels are the likelihood's own."""

import numpy as np
import pytest
from keras import ops

from hvae.compression.level_table import log_table
from hvae.likelihoods import get_likelihood
from tests.conftest import tiny_config

pytestmark = pytest.mark.every_backend

RGB = {"image_channels": 3, "levels": 8}


@pytest.mark.parametrize(
    "settings",
    [
        {"likelihood": "dmol", **RGB},
        {"likelihood": "dmol", "image_channels": 1, "levels": 8},
        {"likelihood": "logistic_mixture", **RGB},
        {"likelihood": "bernoulli", "levels": 2},
    ],
    ids=["dmol", "one channel", "logistic_mixture", "bernoulli"],
)
def test_channel_by_channel_it_is_p_of_the_pixel(settings, rng):
    likelihood = get_likelihood(tiny_config(**settings))
    parameters = rng.standard_normal((6, likelihood.num_parameters)).astype("float32")
    values = rng.integers(0, likelihood.levels, (6, likelihood.channels)).astype("int32")
    total = np.zeros(6)
    for channel in range(likelihood.channels):
        channels = np.full(6, channel, "int32")
        # What comes after does not count.
        known = np.where(np.arange(likelihood.channels) < channel, values, 7 % likelihood.levels)
        table = ops.convert_to_numpy(
            log_table(likelihood, *map(ops.convert_to_tensor, (parameters, known, channels)))
        ).astype("float64")
        assert table.shape == (6, likelihood.levels)
        table -= np.logaddexp.reduce(table, axis=-1, keepdims=True)
        total += table[np.arange(6), values[:, channel]]
    one_pixel = (6, 1, 1, -1)
    nll = likelihood.nll(parameters.reshape(one_pixel), values.reshape(one_pixel))
    np.testing.assert_allclose(total, -ops.convert_to_numpy(nll), rtol=1e-5)
