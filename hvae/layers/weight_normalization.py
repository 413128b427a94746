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
    return direction * (gain * ops.rsqrt(squared_norm(direction) + _EPSILON))


def squared_norm(direction):
    """‖direction‖² of each output channel, `(out,)`."""
    return ops.sum(ops.square(direction), axis=(0, 1, 2))
