"""Leaky ReLU."""

import functools

from keras import ops

from hvae.numerics.elementwise import Elementwise


def leaky_relu(x, negative_slope=0.2):
    """x where it is positive, else `negative_slope` x (Maas et al. 2013).

    A choice, and not TensorFlow's own operation or a maximum: its graph optimizer (2.21) makes
    one operation of these, a convolution and its bias, though the gradient still reads the sum,
    reports an error, and leaves the whole graph as it was.

    Args:
        x: a tensor.
        negative_slope: Keras's default, if left out.
    """
    return _of_slope(negative_slope)(x)


@functools.cache
def _of_slope(negative_slope):
    def value(x):
        return ops.where(x > 0, x, negative_slope * x)

    def slope(x):
        return ops.where(x > 0, 1.0, negative_slope)

    native = functools.partial(ops.leaky_relu, negative_slope=negative_slope)
    return Elementwise("leaky_relu", value, slope, native)
