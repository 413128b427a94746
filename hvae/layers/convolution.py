"""The convolution that all parts use."""

import itertools

from keras import layers, ops

from hvae.layers.initializers import FanInUniform


def convolution(width, kernel_size, dtype, scale=1.0):
    """A convolution that keeps the image's size, initialised as published models are.

    Args:
        width: channels of the result.
        kernel_size: side of the kernel, pixels.
        dtype: dtype policy of the layer that owns it.
        scale: factor on the initial weights; 0 gives zeros.
    """
    return layers.Conv2D(
        width,
        kernel_size,
        padding="same",
        kernel_initializer=FanInUniform(scale),
        dtype=dtype,
    )


def convolve_side_by_side(layer, inputs):
    """`layer(ops.concatenate(inputs, axis=-1))`, without the concatenation.

    Nothing of its size is made, nor kept for the gradient.

    Args:
        layer: a built `convolution`.
        inputs: tensors, `(batch, height, width, channels)` each.
    """
    if len(inputs) == 1:
        return layer(inputs[0])
    # Who has put a function in the place of the layer's own call wants to see it called.
    if "call" in vars(layer):
        return layer(ops.concatenate(inputs, axis=-1))
    *ends, _ = itertools.accumulate(x.shape[-1] for x in inputs)
    kernels = ops.split(layer.kernel, ends, axis=2)
    parts = (
        ops.conv(x, kernel, padding="same", data_format="channels_last")
        for x, kernel in zip(inputs, kernels)
    )
    return sum(parts) + layer.bias
