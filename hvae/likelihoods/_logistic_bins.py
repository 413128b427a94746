"""Logistic distributions, integrated over bins or clipped."""

import math
from typing import Any, NamedTuple

from keras import ops

from hvae.numerics.stable import log1mexp


class LogisticBins(NamedTuple):
    """Log-probability of a bin under a logistic distribution, by where the bin is open."""

    open_below: Any  # from −∞ to the upper edge
    open_above: Any  # from the lower edge to ∞
    closed: Any

    @classmethod
    def around(cls, centered, log_scales, half_bin):
        """Bins around values.

        Args:
            centered: middle of the bin minus mean.
            log_scales: log-scales, same shape.
            half_bin: half the width of a bin.
        """
        inverse = ops.exp(-log_scales)
        upper = inverse * (centered + half_bin)
        lower = inverse * (centered - half_bin)
        log_below_upper = -ops.softplus(-upper)  # log σ(upper)
        log_above_lower = -ops.softplus(lower)  # log(1 − σ(lower))
        # σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b−a)): no difference of near-equal numbers.
        log_width = math.log(2.0 * half_bin) - log_scales
        closed = log_below_upper + log_above_lower + log1mexp(2.0 * half_bin * inverse, log_width)
        return cls(log_below_upper, log_above_lower, closed)

    def select(self, is_first, is_last):
        """The first bin is open below, the last one above, those between are closed."""
        return ops.where(
            is_first, self.open_below, ops.where(is_last, self.open_above, self.closed)
        )


def mean_of_clipped_logistic(location, log_scale):
    """E[clip(v, −1, 1)] of a logistic v: −1 + ∫ P(v > t) dt from −1 to 1."""
    # Each form is used where the other one would lose its digits.
    is_wide = log_scale > 0.0
    scale = ops.exp(ops.minimum(log_scale, 0.0))
    above = ops.softplus((location + 1.0) / scale) - ops.softplus((location - 1.0) / scale)
    # 2s artanh(tanh(l/2s) tanh(1/2s)); beyond e^30 it is 0 to float32.
    double = 2.0 * ops.exp(ops.clip(log_scale, 0.0, 30.0))
    product = ops.tanh(location / double) * ops.tanh(1.0 / double)
    wide = 0.5 * double * (ops.log1p(product) - ops.log1p(-product))
    return ops.clip(ops.where(is_wide, wide, scale * above - 1.0), -1.0, 1.0)
