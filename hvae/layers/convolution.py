"""The convolution that all parts use."""

from hvae.layers.conv2d import Conv2D
from hvae.layers.even_convolution import EvenConvolution
from hvae.layers.initializers import FanInUniform


def convolution(width, kernel_size, dtype, scale=1.0, odd_row="above"):
    """A convolution that keeps the image's size, initialised as published models are.

    Args:
        width: channels of the result.
        kernel_size: side of the kernel, pixels.
        dtype: dtype policy of the layer that owns it.
        scale: factor on the initial weights; 0 gives zeros.
        odd_row: where an even kernel has its odd row of zeros, and its odd column: `"above"` and
            on the left, or `"below"` and on the right.
    """
    is_usual = kernel_size % 2 or odd_row == "below"
    layer_class = Conv2D if is_usual else EvenConvolution
    return layer_class(
        width,
        kernel_size,
        padding="same",
        kernel_initializer=FanInUniform(scale),
        dtype=dtype,
    )
