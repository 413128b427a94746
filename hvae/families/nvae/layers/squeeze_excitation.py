"""Squeeze and excitation."""

import keras
from keras import layers, ops

from hvae.layers.initializers import FanInUniform


@keras.saving.register_keras_serializable(package="hvae")
class SqueezeExcitation(layers.Layer):
    """Scales every channel by a gate in (0, 1) that the means of all channels decide.

    Args:
        ratio: channels by those of the hidden layer.
        min_channels: least channels of the hidden layer.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Hu et al. 2018; used in Vahdat & Kautz 2020 (NVAE), Section 3.1.
    """

    def __init__(self, ratio=2, min_channels=1, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio
        self.min_channels = min_channels

    def build(self, input_shape):
        width = input_shape[-1]
        self.squeeze = self._dense(max(self.min_channels, width // self.ratio), "relu")
        self.excite = self._dense(width, "sigmoid")
        self.squeeze.build((None, width))
        self.excite.build((None, self.squeeze.units))

    def call(self, inputs):
        gate = self.excite(self.squeeze(ops.mean(inputs, axis=(1, 2))))  # (batch, channels)
        return inputs * ops.expand_dims(gate, (1, 2))

    def _dense(self, width, activation):
        return layers.Dense(
            width, activation, kernel_initializer=FanInUniform(), dtype=self.dtype_policy
        )

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "ratio": self.ratio,
            "min_channels": self.min_channels,
        }


def squeeze_excitation(ratio, min_channels, dtype):
    """The layer, or `None` where the ratio is 0."""
    return SqueezeExcitation(ratio, min_channels, dtype=dtype) if ratio else None
