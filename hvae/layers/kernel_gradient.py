"""A convolution whose kernel has its gradient from products of matrices."""

import functools

import keras
from keras import ops

#: From so many channels, and pixels of an image, on it is the shorter way.
_LEAST_CHANNELS, _LEAST_PIXELS = 32, 256


def gains(inputs_shape, kernel_shape):
    """Whether `convolved` is faster than the backend's own: under JAX, on a processor.

    XLA computes the gradient by a convolution with a kernel of the size of the image, which takes
    it up to ten times as long as the forward pass.

    Args:
        inputs_shape: `(batch, height, width, channels)`.
        kernel_shape: `(height, width, channels, filters)`.
    """
    if keras.config.backend() != "jax":
        return False
    _, height, width, _ = inputs_shape
    is_odd = all(length % 2 for length in kernel_shape[:2])
    is_large = height * width >= _LEAST_PIXELS and min(kernel_shape[2:]) >= _LEAST_CHANNELS
    return is_odd and is_large and _on_processor()


@functools.cache
def _on_processor():
    return keras.distribution.list_devices()[0].startswith("cpu")


def convolved(inputs, kernel):
    """The convolution, without strides, padded to the size of the inputs.

    Args:
        inputs: `(batch, height, width, channels)`.
        kernel: `(height, width, channels, filters)`, of odd height and width.
    """

    @ops.custom_gradient
    def convolution(inputs, kernel):
        def gradient(upstream):
            turned = ops.transpose(ops.flip(kernel, axis=(0, 1)), (0, 1, 3, 2))
            of_inputs = ops.conv(upstream, turned, padding="same", data_format="channels_last")
            return of_inputs, _gradient_of_kernel(inputs, upstream, kernel.shape[:2])

        outputs = ops.conv(inputs, kernel, padding="same", data_format="channels_last")
        return outputs, gradient

    return convolution(inputs, ops.convert_to_tensor(kernel))


def _gradient_of_kernel(inputs, upstream, size):
    """A product for every place of the kernel: of what it has seen, and the gradient there."""
    (rows, columns), (height, width) = size, inputs.shape[1:3]
    margins = [(0, 0), (rows // 2,) * 2, (columns // 2,) * 2, (0, 0)]
    padded = ops.pad(inputs, margins)
    pixels = ((0, 1, 2), (0, 1, 2))
    return ops.stack(
        [
            ops.stack(
                [
                    ops.tensordot(padded[:, i : i + height, j : j + width], upstream, pixels)
                    for j in range(columns)
                ]
            )
            for i in range(rows)
        ]
    )
