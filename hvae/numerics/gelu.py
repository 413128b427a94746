"""GELU that keeps its input alone for the gradient."""

import math

import keras
from keras import ops


def gelu(x):
    """x Φ(x), Φ the standard normal distribution function; its gradient keeps x and nothing else.

    TensorFlow and JAX differentiate the formula step by step and keep a tensor for each step:
    three times the memory, which in a deep model is most of it.

    Reference:
        Hendrycks & Gimpel 2016, Section 2.
    """
    # PyTorch's own keeps the input alone, and OpenVINO takes no gradients.
    if keras.config.backend() in ("torch", "openvino"):
        return ops.gelu(x, approximate=False)
    return ops.custom_gradient(_value_and_gradient)(x)


def _value_and_gradient(x):
    def gradient(*args, upstream=None):
        if upstream is None:
            (upstream,) = args
        # In float32 whatever the dtype policy: the two terms cancel for large negative x.
        y = ops.cast(x, "float32")
        distribution = 0.5 * (1.0 + ops.erf(y * math.sqrt(0.5)))
        density = ops.exp(-0.5 * ops.square(y)) * (1.0 / math.sqrt(2.0 * math.pi))
        return upstream * ops.cast(distribution + y * density, upstream.dtype)

    return ops.gelu(x, approximate=False), gradient
