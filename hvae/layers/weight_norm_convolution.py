"""Convolution with weight normalisation."""

import keras
from keras import layers, ops

from hvae.layers.initializers import FanInUniform
from hvae.layers.weight_normalization import initial_gain, normalized_kernel


@keras.saving.register_keras_serializable(package="hvae")
class WeightNormConvolution(layers.Layer):
    """A convolution whose kernel is kept as a direction and a length per output channel.

    Args:
        width: channels of the result.
        kernel_size: side of the kernel, odd, pixels.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Salimans & Kingma 2016; used as in Vahdat & Kautz 2020 (NVAE), Section 3.2.
    """

    def __init__(self, width, kernel_size=1, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.kernel_size = kernel_size

    def build(self, input_shape):
        # Norms are float32 whatever the dtype policy.
        self.direction = self.add_weight(
            shape=(self.kernel_size, self.kernel_size, input_shape[-1], self.width),
            initializer=FanInUniform(),
            autocast=False,
            name="direction",
        )
        self.gain = self.add_weight(
            shape=(self.width,),
            initializer=lambda shape, dtype: initial_gain(self.direction),
            autocast=False,
            name="gain",
        )
        self.bias = self.add_weight(shape=(self.width,), initializer="zeros", name="bias")

    @property
    def kernel(self):
        """The normalised kernel, `(height, width, in, out)`, float32."""
        return normalized_kernel(self.direction, self.gain)

    def call(self, inputs):
        kernel = ops.cast(self.kernel, inputs.dtype)
        return ops.add(ops.conv(inputs, kernel, padding="same"), self.bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.width)

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "kernel_size": self.kernel_size,
        }
