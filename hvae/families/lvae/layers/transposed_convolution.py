"""Transposed convolution that doubles the image."""

import keras
from keras import layers

from hvae.layers.initializers import FanInUniform


@keras.saving.register_keras_serializable(package="hvae")
class TransposedConvolution(layers.Layer):
    """A transposed 3×3 convolution with stride 2, around the even pixels of the result.

    As PyTorch's `ConvTranspose2d(..., 3, stride=2, padding=1, output_padding=1)`, pixel
    i of the input spreads around pixel 2i of the result. Keras's `"same"` spreads it
    around 2i + 1 under some backends.

    Args:
        width: channels of the result.

    Input shape: `(batch, height, width, channels)`.
    Output shape: `(batch, 2 · height, 2 · width, width)`.
    """

    kernel_size = 3

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.convolution = layers.Conv2DTranspose(
            width,
            self.kernel_size,
            strides=2,
            kernel_initializer=FanInUniform(),
            dtype=self.dtype_policy,
        )

    def build(self, input_shape):
        self.convolution.build(input_shape)

    def call(self, inputs):
        # The whole result is one pixel larger than twice the input.
        return self.convolution(inputs)[:, 1:, 1:, :]

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, 2 * height, 2 * width, self.width)

    def get_config(self):
        return {**super().get_config(), "width": self.width}
