"""GELU."""

import math

from keras import ops

from hvae.numerics.elementwise import Elementwise


def _value(x):
    # JAX's own is by erfc, eighty operations of its compiler, in which erf is one.
    wide = ops.cast(x, "float32")
    return ops.cast(0.5 * wide * (1.0 + ops.erf(wide * math.sqrt(0.5))), x.dtype)


def _native(x):
    return ops.gelu(x, approximate=False)


def _slope(x):
    distribution = 0.5 * (1.0 + ops.erf(x * math.sqrt(0.5)))
    density = ops.exp(-0.5 * ops.square(x)) * (1.0 / math.sqrt(2.0 * math.pi))
    return distribution + x * density


#: x Φ(x), Φ the standard normal distribution function: Hendrycks & Gimpel 2016, Section 2.
gelu = Elementwise("gelu", _value, _slope, native=_native)
