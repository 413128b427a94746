"""GELU."""

import math

from keras import ops

from hvae.numerics.elementwise import Elementwise


def _value(x):
    return ops.gelu(x, approximate=False)


def _slope(x):
    distribution = 0.5 * (1.0 + ops.erf(x * math.sqrt(0.5)))
    density = ops.exp(-0.5 * ops.square(x)) * (1.0 / math.sqrt(2.0 * math.pi))
    return distribution + x * density


#: x Φ(x), Φ the standard normal distribution function: Hendrycks & Gimpel 2016, Section 2.
gelu = Elementwise("gelu", _value, _slope)
