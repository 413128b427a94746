"""Weights as a direction and a length."""

import numpy as np
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
    return direction * (gain * ops.rsqrt(_squared_norm(direction) + _EPSILON))


def initial_gain(direction):
    """‖direction‖ of each output channel, `(out,)`: with it the kernel is the direction.

    Worked out by NumPy: JAX would compile it for every shape.
    """
    direction = ops.convert_to_numpy(direction)
    return np.sqrt(np.square(direction).sum(axis=(0, 1, 2)))


def _squared_norm(direction):
    return ops.sum(ops.square(direction), axis=(0, 1, 2))
