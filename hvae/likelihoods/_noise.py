"""Standard random variables from uniforms in (0, 1)."""

import math

from keras import ops


def gumbel(uniforms):
    """Standard Gumbel variables; the largest of log-weights plus these is a draw by weight."""
    return -ops.log(-ops.log(uniforms))


def logistic(uniforms):
    """Logistic variables of mean 0 and scale 1."""
    return ops.log(uniforms) - ops.log(1.0 - uniforms)


def normal(radius, angle):
    """Standard normal variables from two uniforms each (Box & Muller 1958).

    `keras.ops` has no inverse of the normal distribution function.
    """
    return ops.sqrt(-2.0 * ops.log(radius)) * ops.cos(2.0 * math.pi * angle)
