"""The nonlinear part of a Sylvester step."""

from typing import Any, NamedTuple

import keras
from keras import activations, layers, ops

from hvae.flows.autoregressive.autoregressive_convolution import AutoregressiveConvolution


class ResidualOutput(NamedTuple):
    """A value for every variable, and what it owes to that variable itself."""

    residual: Any  # (batch, height, width, channels)
    slope: Any  # (batch, height, width, channels), ∂f_i/∂v_i, within ±1/2


@keras.saving.register_keras_serializable(package="hvae")
class AutoregressiveResidual(layers.Layer):
    """f_i(v) = ½ tanh(a_i) · tanh(u_i) + d_i with u_i = tanh(b_i) · v_i + c_i.

    a, b, c and d of a variable come from masked convolutions that see only the variables
    before it. So ∂f/∂v is triangular in that order, whatever the weights, with diagonal

    ∂f_i/∂v_i = ½ tanh(a_i) · tanh(b_i) · (1 − tanh² u_i), between −½ and ½:

    det(I + ∂f/∂v) = Π (1 + ∂f_i/∂v_i) is exact, and every factor is between ½ and 3/2. f
    starts as 0 since a and d do; b and c do not, or nothing would have a gradient.

    Args:
        hidden_channels: channels between the convolutions.
        kernel_size: side of the kernels, odd, pixels.
        spectral_norm: whether the operator norm of every convolution is held at 3/2. The
            determinant is right either way; with it the inverse loses fewer digits.

    Input shape: `(batch, height, width, channels)`.

    Reference:
        Hoogeboom et al. 2020, Section 4 and its published code.
    """

    largest_norm = 1.5

    def __init__(self, hidden_channels, kernel_size=3, spectral_norm=True, **kwargs):
        super().__init__(**kwargs)
        self.hidden_channels = hidden_channels
        self.kernel_size = kernel_size
        self.spectral_norm = spectral_norm

    def build(self, input_shape):
        channels = input_shape[-1]
        size, hidden = self.kernel_size, self.hidden_channels
        shared = {
            "groups": channels,
            "norm_bound": self.largest_norm if self.spectral_norm else None,
            "dtype": self.dtype_policy,
        }
        self.first = AutoregressiveConvolution(hidden, size, **shared)
        self.middle = AutoregressiveConvolution(hidden, 1, **shared)
        self.inner = AutoregressiveConvolution(2 * channels, size, strict=True, **shared)
        self.outer = AutoregressiveConvolution(2 * channels, size, strict=True, scale=0.0, **shared)
        self.first.build(input_shape)
        for layer in (self.middle, self.inner, self.outer):
            layer.build((*input_shape[:-1], hidden))

    def call(self, v):
        return self.map()(v)

    def map(self):
        """What `call` does, as a function: however often it is called, it has the same kernels."""
        parts = (self.first, self.middle, self.inner, self.outer)
        first, middle, inner, outer = (part.map() for part in parts)

        def output(v):
            hidden = activations.elu(middle(activations.elu(first(v))))
            b, c = _pairs(inner(hidden))
            a, d = _pairs(outer(hidden))
            factor = ops.tanh(b)
            bent = ops.tanh(factor * v + c)
            height = ops.tanh(a) * 0.5
            return ResidualOutput(height * bent + d, height * factor * (1.0 - ops.square(bent)))

        return output

    def get_config(self):
        return {
            **super().get_config(),
            "hidden_channels": self.hidden_channels,
            "kernel_size": self.kernel_size,
            "spectral_norm": self.spectral_norm,
        }


def _pairs(x):
    """Two numbers for each variable: the channels of a group are neighbours."""
    x = ops.reshape(x, (-1, *x.shape[1:-1], x.shape[-1] // 2, 2))
    return ops.unstack(x, axis=-1)
