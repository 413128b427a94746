"""Functions whose textbook form loses digits, overflows, or has no gradient somewhere."""

from keras import ops


def log_softplus(x, beta=1.0):
    """log(softplus(βx)/β), exact to float32 and with finite gradient for every x.

    For very negative βx, softplus(u) = e^u − e^{2u}/2 + …, so its log is u − e^u/2.
    """
    u = beta * x
    is_small = u < -10.0
    safe = ops.where(is_small, 0.0, u)
    # Both branches are finite everywhere, so `where` passes a clean gradient.
    tail = u - 0.5 * ops.exp(ops.minimum(u, -10.0))
    return ops.where(is_small, tail, ops.log(ops.softplus(safe))) - ops.log(
        ops.cast(beta, "float32")
    )


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
    return bound * ops.tanh(x / bound)


def expm1_minus_x(x):
    """exp(x) − 1 − x without cancellation, never negative."""
    # Eight terms of the series are exact to float32 below 0.5.
    is_small = ops.abs(x) < 0.5
    t = ops.where(is_small, x, 0.0)
    series = (
        0.5
        * t
        * t
        * (
            1
            + t
            / 3
            * (1 + t / 4 * (1 + t / 5 * (1 + t / 6 * (1 + t / 7 * (1 + t / 8 * (1 + t / 9))))))
        )
    )
    large = ops.where(is_small, 1.0, x)
    return ops.where(is_small, series, ops.exp(large) - 1.0 - large)


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
