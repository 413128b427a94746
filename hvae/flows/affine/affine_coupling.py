"""Half of the channels scaled and shifted by a function of the other half."""

import keras
from keras import activations, ops

from hvae.flows.base import Flow, FlowOutput
from hvae.flows.composition.split import halves
from hvae.layers.convolution import convolution
from hvae.numerics.stable import soft_clamp


@keras.saving.register_keras_serializable(package="hvae")
class AffineCoupling(Flow):
    """z' = (z₁, e^s · z₂ + t), where s and t are convolutions of z₁.

    log|det ∂z'/∂z| = Σ s. s stays within ±2, and starts as 0, as t does. Before a split it
    standardises the half that leaves, given the half that goes on.

    Args:
        hidden_channels: channels between the convolutions.
        kernel_size: side of the kernels, odd, pixels.

    Input and output shape: `(batch, height, width, channels)`, at least 2 channels.

    Reference:
        Dinh et al. 2017 (Real NVP), Section 3.2; s as in the code of Hoogeboom et al. 2020.
    """

    largest_log_scale = 2.0

    def __init__(self, hidden_channels, kernel_size=3, **kwargs):
        super().__init__(**kwargs)
        self.hidden_channels = hidden_channels
        self.kernel_size = kernel_size

    def build(self, input_shape):
        channels = input_shape[-1]
        hidden, size, dtype = self.hidden_channels, self.kernel_size, self.dtype_policy
        self.first = convolution(hidden, size, dtype)
        self.middle = convolution(hidden, 1, dtype)
        self.last = convolution(2 * (channels // 2), size, dtype, scale=0.0)
        self.first.build((*input_shape[:-1], channels - channels // 2))
        for layer in (self.middle, self.last):
            layer.build((*input_shape[:-1], hidden))

    def call(self, z, context=None):
        first, second = halves(z)
        log_scale, shift = self._scale_and_shift(first)
        second = second * ops.exp(log_scale) + shift
        return FlowOutput(ops.concatenate([first, second], axis=-1), _sum(log_scale))

    def inverse(self, z, context=None):
        first, second = halves(z)
        log_scale, shift = self._scale_and_shift(first)
        second = (second - shift) * ops.exp(-log_scale)
        return FlowOutput(ops.concatenate([first, second], axis=-1), -_sum(log_scale))

    def _scale_and_shift(self, first):
        hidden = activations.elu(self.first(first))
        hidden = activations.elu(self.middle(hidden))
        log_scale, shift = ops.split(self.last(hidden), 2, axis=-1)
        return soft_clamp(log_scale, self.largest_log_scale), shift

    def get_config(self):
        return {
            **super().get_config(),
            "hidden_channels": self.hidden_channels,
            "kernel_size": self.kernel_size,
        }


def _sum(log_scale):
    return ops.sum(log_scale, axis=(1, 2, 3))
