"""Weights as a direction and a length."""

from keras import ops

# PyTorch divides by the bare norm: a direction that shrinks to zero gives NaN there.
_EPSILON = 1e-16


def normalized_kernel(direction, gain):
    """gain · direction / ‖direction‖ for each output channel, float32.

    Args:
        direction: `(height, width, in, out)`, float32.
        gain: `(out,)`, float32.

    Reference:
        Salimans & Kingma 2016, Equation 2, with ε under the root.
    """
    squared_norm = ops.sum(ops.square(direction), axis=(0, 1, 2))
    return direction * (gain * ops.rsqrt(squared_norm + _EPSILON))


def initial_gain(direction):
    """The gain with which a kernel is its direction, `(out,)`."""
    # One operation, since JAX compiles each for every shape.
    return ops.sqrt(ops.einsum("hwio,hwio->o", direction, direction))
