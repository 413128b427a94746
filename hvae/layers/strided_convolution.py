"""Convolution that halves the image, padded alike on both sides."""

import keras
from keras import layers, ops

from hvae.layers.initializers import FanInUniform


@keras.saving.register_keras_serializable(package="hvae")
class StridedConvolution(layers.Layer):
    """A convolution with a stride, after zeros of half the kernel's side on every side.

    As PyTorch's `Conv2d(..., padding=kernel_size // 2)`. Keras's `"same"` pads an even
    image below and on the right only, which shifts the result by a pixel.

    Args:
        width: channels of the result.
        kernel_size: side of the kernel, odd, pixels.
        stride: factor by which the image shrinks.

    Input shape: `(batch, height, width, channels)`, a multiple of the stride.
    Output shape: `(batch, height / stride, width / stride, width)`.
    """

    def __init__(self, width, kernel_size, stride=2, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.kernel_size = kernel_size
        self.stride = stride
        self.convolution = layers.Conv2D(
            width,
            kernel_size,
            strides=stride,
            kernel_initializer=FanInUniform(),
            dtype=self.dtype_policy,
        )

    def build(self, input_shape):
        self.convolution.build(self._padded(input_shape))

    def call(self, inputs):
        margin = self.kernel_size // 2
        padding = [[0, 0], [margin, margin], [margin, margin], [0, 0]]
        return self.convolution(ops.pad(inputs, padding))

    def _padded(self, shape):
        margin = 2 * (self.kernel_size // 2)
        return (shape[0], shape[1] + margin, shape[2] + margin, shape[3])

    def compute_output_shape(self, input_shape):
        return self.convolution.compute_output_shape(self._padded(input_shape))

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
        }
