"""Functions whose textbook form loses digits, overflows, or has no gradient somewhere."""

import functools
import math

from keras import ops

from hvae.numerics.elementwise import Elementwise


def log_softplus(x, beta=1.0):
    """log(softplus(βx)/β), exact to float32 and with finite gradient for every x.

    For very negative u = βx, softplus(u) = e^u − e^{2u}/2 + …, so its log is u − e^u/2.
    """
    return _log_softplus(beta)(x)


@functools.cache
def _log_softplus(beta):
    def parts(u):
        is_small = u < -10.0
        return is_small, ops.where(is_small, 0.0, u), 0.5 * ops.exp(ops.minimum(u, -10.0))

    def value(x):
        u = beta * x
        is_small, safe, tail = parts(u)
        # Both branches are finite everywhere, so `where` passes a clean gradient.
        return ops.where(is_small, u - tail, ops.log(ops.softplus(safe))) - math.log(beta)

    def slope(x):
        is_small, safe, tail = parts(beta * x)
        return beta * ops.where(is_small, 1.0 - tail, ops.sigmoid(safe) / ops.softplus(safe))

    return Elementwise("log_softplus", value, slope)


def log_of_positive(x, param, beta):
    """Logarithm of the positive number that a net's output x stands for.

    Args:
        x: the output.
        param: `"exp"`: e^x; `"smooth_exp"`: e^(βx); `"softplus"`: softplus(βx)/β.
        beta: β, gradient smoothing (Hazami et al. 2022, Section 4.2).
    """
    if param == "softplus":
        return log_softplus(x, beta)
    return x * beta if param == "smooth_exp" else x


def soft_clamp(x, bound=5.0):
    """bound · tanh(x/bound): near the identity for small x, never beyond ±bound."""
    return ops.tanh(x * (1.0 / bound)) * bound


def _expm1_minus_x(x):
    # Eight terms of the series are exact to float32 below 0.5.
    is_small = ops.abs(x) < 0.5
    t = ops.where(is_small, x, 0.0)
    series = 1.0 / math.factorial(9)
    for power in range(8, 1, -1):
        series = series * t + 1.0 / math.factorial(power)
    large = ops.where(is_small, 1.0, x)
    return ops.where(is_small, t * t * series, ops.exp(large) - 1.0 - large)


#: exp(x) − 1 − x without cancellation, never negative.
expm1_minus_x = Elementwise("expm1_minus_x", _expm1_minus_x, ops.expm1)


def log1mexp(x, log_x):
    """log(1 − exp(−x)) for x > 0, given its logarithm too: x may underflow.

    For small x this is log x − x/2 + x²/24.
    """
    is_small = x < 0.05
    small = ops.minimum(x, 0.05)
    safe = ops.where(is_small, 1.0, x)
    return ops.where(
        is_small, log_x - small / 2 + small * small / 24, ops.log(1.0 - ops.exp(-safe))
    )
