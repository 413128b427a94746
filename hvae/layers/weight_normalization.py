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
    squared_norm = ops.sum(ops.square(direction), axis=(0, 1, 2))
    return direction * (gain * ops.rsqrt(squared_norm + _EPSILON))


def initial_gain(direction, dtype, scale=1.0):
    """With this gain, `(out,)`, the kernel is the direction times `scale`.

    By NumPy: of the backend's operations JAX would compile each for every shape.

    Args:
        direction: NumPy's array, or a variable.
        dtype: of the gain.
        scale: a factor.
    """
    norm = np.sqrt(np.square(ops.convert_to_numpy(direction)).sum(axis=(0, 1, 2)))
    return ops.convert_to_tensor(scale * norm, dtype=dtype)
