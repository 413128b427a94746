import numpy as np
import pytest
from scipy.special import logsumexp

from hvae.inference.evaluation.log_mean_exp import LogMeanExp


def added(values):
    total = LogMeanExp(values.shape[1:])
    for value in values:
        total.add(value)
    return total


@pytest.mark.parametrize("offset", [0.0, -8000.0, 8000.0])
@pytest.mark.parametrize("order", ["as it comes", "rising", "falling"])
def test_equals_that_of_all_values_at_once(rng, offset, order):
    values = offset + 40.0 * rng.standard_normal((200, 5))
    values = {"as it comes": values, "rising": np.sort(values, 0), "falling": -np.sort(-values, 0)}
    values = values[order]
    expected = logsumexp(values, axis=0) - np.log(200)
    np.testing.assert_allclose(added(values).value, expected, rtol=1e-13)


def test_float32_values_are_summed_in_float64():
    """In float32 a million ones would stay at 2^24 and small terms would be lost."""
    total = LogMeanExp(())
    total.add(np.float32(0.0))
    for _ in range(1000):
        total.add(np.float32(-18.0))
    expected = np.log((1.0 + 1000 * np.exp(-18.0)) / 1001)
    np.testing.assert_allclose(total.value, expected, rtol=1e-12)


def test_impossible_values_count_as_zero_wherever_they_come():
    values = np.array([[-np.inf, -np.inf], [-np.inf, 1.0], [2.0, -np.inf]])
    expected = np.array([2.0, 1.0]) - np.log(3)
    np.testing.assert_allclose(added(values).value, expected)
    assert np.isneginf(added(np.full((3, 1), -np.inf)).value)
