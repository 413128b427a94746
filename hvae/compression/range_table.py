"""p(x|z) of one channel, digit by digit: the probabilities of ranges of its values."""

from keras import ops

from hvae.compression.digits import Digits
from hvae.likelihoods.base import own_channel


def range_table(likelihood, parameters, values, channels, spans):
    """Probabilities of the ranges that a digit chooses from.

    Args:
        likelihood: a `Likelihood` that has `range_probabilities`.
        parameters: its, `(pixels, num_parameters)`.
        values: of the pixels' channels, `(pixels, channels)` integers; only those before the
            pixel's channel count, and of its own the digits before this one.
        channels: the number of each pixel's channel, `(pixels,)` integers.
        spans: levels in a range of the digit, `(pixels,)` integers.

    Returns:
        `(pixels, base)`, float32, times any factor of the pixel.
    """
    base, spans = Digits.of_levels(likelihood.levels).base, spans[:, None]
    known = own_channel(values, channels)[:, None] // (base * spans) * base
    starts = (known + ops.arange(base, dtype="int32")) * spans
    table = likelihood.range_probabilities(parameters, values, channels, starts, spans)
    return ops.where(starts < likelihood.levels, table, 0.0)
