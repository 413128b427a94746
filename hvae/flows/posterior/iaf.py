"""Inverse autoregressive flow of NVAE."""

import keras
from keras import activations, ops

from hvae.configuration.per_scale import of_scale
from hvae.flows.autoregressive.autoregressive_convolution import AutoregressiveConvolution
from hvae.flows.autoregressive.fixed_point import fixed_point
from hvae.flows.base import Flow, FlowOutput, constant_log_det


@keras.saving.register_keras_serializable(package="hvae")
class InverseAutoregressiveFlow(Flow):
    """Pairs of cells z ← z − s(z), where s of a variable sees only the variables before it.

    ∂z'/∂z is triangular with ones on the diagonal in the cell's order: log|det| = 0. The
    cells of a pair have opposite orders of the pixels.

    Args:
        channels: channels of the latent.
        num_flows: number of pairs.
        expansion: hidden channels by those of the latent.
        row_start: side at which the first cell's rows of pixels start.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Kingma et al. 2016, Equation 12 with σ = 1; Vahdat & Kautz 2020 (NVAE), Section
        3.4 and its published code.
    """

    def __init__(self, channels, num_flows=1, expansion=6, row_start="right", **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.num_flows = num_flows
        self.expansion = expansion
        self.row_start = row_start
        self.cells = []
        for _ in range(num_flows):
            self.cells += [self._cell(mirrored=False), self._cell(mirrored=True)]

    @classmethod
    def from_model_config(cls, config, scale):
        count = of_scale(config.num_flows, scale.index)
        return cls(scale.z_width, count, row_start=config.iaf_row_start)

    def build(self, input_shape):
        hidden_shape = (*input_shape[:-1], self.expansion * self.channels)
        for first, depthwise, last in self.cells:
            first.build(input_shape)
            depthwise.build(hidden_shape)
            last.build(hidden_shape)

    def call(self, z, context=None):
        for cell in self.cells:
            z = z - _shift(cell)(z)
        return FlowOutput(z, constant_log_det(z, 0.0))

    def inverse(self, z, context=None):
        """The latent that `call` takes to z, and log|det| = 0.

        z₀ = z + s(z₀) by iteration: each step makes one more variable exact, in the
        cell's order, so that it ends.
        """
        z = ops.cast(z, "float32")
        for cell in reversed(self.cells):
            z = _invert(cell, z)
        return FlowOutput(z, constant_log_det(z, 0.0))

    def _cell(self, mirrored):
        hidden = self.expansion * self.channels
        shared = {
            "groups": self.channels,
            "mirrored": mirrored,
            "row_start": self.row_start,
            "dtype": "float32",
        }
        return [
            AutoregressiveConvolution(hidden, 3, strict=True, **shared),
            AutoregressiveConvolution(hidden, 5, depthwise=True, **shared),
            AutoregressiveConvolution(self.channels, 1, **shared),
        ]

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "num_flows": self.num_flows,
            "expansion": self.expansion,
            "row_start": self.row_start,
        }


def _invert(cell, z):
    shift = _shift(cell)
    return fixed_point(lambda start: z + shift(start), z)


def _shift(cell):
    """The function s of a cell."""
    first, depthwise, last = (layer.map() for layer in cell)

    def shift(z):
        hidden = depthwise(activations.elu(first(z)))
        # Twice, as the code that published weights come from.
        return last(activations.elu(activations.elu(hidden)))

    return shift
