"""Against float64 NumPy, where the textbook form fails."""

import numpy as np
import pytest
from keras import ops

from hvae.numerics.stable import expm1_minus_x, log1mexp, log_softplus
from tests.harness import gradient

EVERYWHERE = np.concatenate([-np.logspace(2.5, -6, 60), [0.0], np.logspace(-6, 1.9, 60)])


def numpy_log_softplus(x, beta):
    u = beta * x.astype("float64")
    # softplus(u) = e^u (1 − e^u/2 + …) where log1p would lose it.
    exact = np.log(np.logaddexp(0.0, np.maximum(u, -30.0)))
    return np.where(u < -30.0, u, exact) - np.log(beta)


@pytest.mark.parametrize("beta", [1.0, float(np.log(2.0)), 5.0])
def test_log_softplus(beta):
    # Also where its two forms meet, and differ most if one is wrong.
    x = np.append(EVERYWHERE, [-10.01 / beta, -9.99 / beta]).astype("float32")
    result = ops.convert_to_numpy(log_softplus(ops.convert_to_tensor(x), beta))
    np.testing.assert_allclose(result, numpy_log_softplus(x, beta), rtol=2e-6, atol=2e-6)


def test_log_softplus_has_a_finite_gradient_everywhere():
    x = np.concatenate([EVERYWHERE, [-1e4, 1e4]]).astype("float32")
    slope = gradient(lambda t: ops.sum(log_softplus(t)), x)
    u = x.astype("float64")
    sigmoid = 0.5 * (1 + np.tanh(u / 2))
    expected = np.where(u < -30, 1.0, sigmoid / np.logaddexp(0, np.maximum(u, -30)))
    np.testing.assert_allclose(slope, expected, rtol=1e-4)


def test_expm1_minus_x():
    x = EVERYWHERE.astype("float32")
    result = ops.convert_to_numpy(expm1_minus_x(ops.convert_to_tensor(x)))
    u = x.astype("float64")
    series = u * u / 2 + u**3 / 6 + u**4 / 24
    expected = np.where(np.abs(u) < 1e-3, series, np.expm1(u) - u)
    np.testing.assert_allclose(result, expected, rtol=2e-6)
    assert (result >= 0).all()
    slope = gradient(lambda t: ops.sum(expm1_minus_x(t)), x)
    np.testing.assert_allclose(slope, np.expm1(u), rtol=2e-6)


def test_log1mexp():
    log_x = np.linspace(-200, 4.6, 300).astype("float32")
    x = np.exp(log_x)
    result = ops.convert_to_numpy(log1mexp(ops.convert_to_tensor(x), ops.convert_to_tensor(log_x)))
    exact = np.exp(log_x.astype("float64"))
    expected = np.where(exact < 1e-12, log_x, np.log(-np.expm1(-np.maximum(exact, 1e-300))))
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)
