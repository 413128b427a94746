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
    def between(cls, lower, upper, log_scales, width):
        """Bins by their edges.

        Args:
            lower: lower edge of the bin minus mean.
            upper: upper edge of the bin minus mean.
            log_scales: log-scales, same shape.
            width: `upper - lower`, a number.
        """
        inverse = ops.exp(-log_scales)
        log_below_upper = -ops.softplus(-inverse * upper)  # log σ(upper)
        log_above_lower = -ops.softplus(inverse * lower)  # log(1 − σ(lower))
        # σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b−a)): no difference of near-equal numbers.
        log_width = math.log(width) - log_scales
        closed = log_below_upper + log_above_lower + log1mexp(width * inverse, log_width)
        return cls(log_below_upper, log_above_lower, closed)

    def select(self, is_first, is_last):
        """The first bin is open below, the last one above, those between are closed."""
        return ops.where(
            is_first, self.open_below, ops.where(is_last, self.open_above, self.closed)
        )


def edges_of_values(values, num_values):
    """Lower and upper edges of the bins of values 0 … n − 1 that fill [−1, 1] evenly.

    Bins side by side share an edge to the last digit, whatever is subtracted from it: so
    their probabilities sum to 1, however narrow a distribution is.

    Args:
        values: integers.
        num_values: their number n.
    """
    values = ops.cast(values, "float32")

    def edge(number):
        return (2.0 * number - 1.0) / (num_values - 1) - 1.0

    return edge(values), edge(values + 1.0)


def ranges_of_values(starts, spans, num_values):
    """Ranges of the values 0 … n − 1 that fill [−1, 1] evenly, as `range_probabilities` takes them.

    Args:
        starts: first value of each range, `(pixels, ranges)` int32.
        spans: values in a range, `(pixels, 1)` int32.
        num_values: n.
    """
    stops = starts + spans
    return {
        "edges": [edges_of_values(x, num_values)[0] for x in (starts, stops)],
        "width": ops.cast(spans, "float32") * (2.0 / (num_values - 1)),
        "is_first": ops.equal(starts, 0),
        "is_last": stops >= num_values,
    }


def range_probabilities(components, edges, width, is_first, is_last):
    """Probabilities of ranges of values under a mixture of logistics, `(pixels, ranges)`.

    For compression, which takes many: not in logarithms as `LogisticBins`, so what is less
    probable than e^−87 is 0.

    Args:
        components: log-weights, means and log-scales, `(pixels, components)` each. A constant
            may be added to the log-weights of a pixel.
        edges: lower and upper edges of the ranges, `(pixels, ranges)` each.
        width: of a closed range, `(pixels, 1)`.
        is_first, is_last: whether the first or the last value is in a range, as `edges`.
    """
    log_weights, means, log_scales = (values[:, None] for values in components)
    inverse = ops.exp(-log_scales)
    to_lower, to_upper = ((edge[..., None] - means) * inverse for edge in edges)
    is_first, is_last = is_first[..., None], is_last[..., None]
    # σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b−a)), and 1 − e^(−2t) = 2 tanh t / (1 + tanh t).
    half = ops.tanh(0.5 * width[..., None] * inverse)
    probabilities = (
        ops.where(is_last, 1.0, ops.sigmoid(to_upper))
        * ops.where(is_first, 1.0, ops.sigmoid(-to_lower))
        * ops.where(ops.logical_or(is_first, is_last), 1.0, 2.0 * half / (1.0 + half))
    )
    weights = ops.exp(log_weights - ops.max(log_weights, axis=-1, keepdims=True))
    return ops.sum(weights * probabilities, axis=-1)


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
