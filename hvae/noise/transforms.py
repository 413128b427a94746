"""Standard random variables from uniforms in (0, 1)."""

import math

from keras import ops


def standard_noise(uniforms):
    """The standard noise that a likelihood's uniforms stand for, by name.

    Args:
        uniforms: arrays in (0, 1). `"mixture"` becomes Gumbel variables, `"logistic"`
            logistic ones; `"radius"` and `"angle"` together become one `"normal"`.
    """
    noise = {}
    if "mixture" in uniforms:
        noise["mixture"] = gumbel(uniforms["mixture"])
    if "logistic" in uniforms:
        noise["logistic"] = logistic(uniforms["logistic"])
    if "radius" in uniforms:
        noise["normal"] = normal(uniforms["radius"], uniforms["angle"])
    return noise


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
