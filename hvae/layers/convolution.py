"""The convolution that all parts use."""

from hvae.layers.conv2d import Conv2D
from hvae.layers.initializers import FanInUniform


def convolution(width, kernel_size, dtype, scale=1.0):
    """A convolution that keeps the image's size, initialised as published models are.

    Args:
        width: channels of the result.
        kernel_size: side of the kernel, pixels.
        dtype: dtype policy of the layer that owns it.
        scale: factor on the initial weights; 0 gives zeros.
    """
    return Conv2D(
        width,
        kernel_size,
        padding="same",
        kernel_initializer=FanInUniform(scale),
        dtype=dtype,
    )
