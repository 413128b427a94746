"""Residual block of two convolutions in any order of its parts, with a gate."""

import keras
from keras import layers, ops

from hvae.families.lvae.layers.nonlinearity import nonlinearity
from hvae.layers.chain import build_chain, call_chain
from hvae.layers.convolution import convolution


@keras.saving.register_keras_serializable(package="hvae")
class GatedResidualBlock(layers.Layer):
    """x + gate(f(x)), the parts of f in the order of the letters in `residual_type`.

    a: activation; b: batch normalisation; c: 3×3 convolution; d: dropout of whole
    channels. The gate is a 1×1 convolution to twice the channels: activation of the
    first half times sigmoid of the second.

    Args:
        width: channels of the input and of the result.
        residual_type: the order of the parts, e.g. `"bacdbacd"`.
        nonlin: name of the activation, see `nonlinearity`.
        batch_norm: whether there are parts b.
        dropout: share of the channels that parts d drop; 0 leaves them out.
        gated: whether there is a gate.

    Input and output shape: `(batch, height, width, channels)`.

    Raises:
        ValueError: if the input has another number of channels.

    Reference:
        The published code of ladder-vae-pytorch; gates: van den Oord et al. 2016.
    """

    kernel_size = 3

    def __init__(
        self,
        width,
        residual_type="bacdbacd",
        nonlin="elu",
        batch_norm=True,
        dropout=0.0,
        gated=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.width = width
        self.residual_type = residual_type
        self.nonlin = nonlin
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.gated = gated

        self.activate = nonlinearity(nonlin)
        makers = {"a": self._activation, "c": self._convolution}
        if batch_norm:
            makers["b"] = self._norm
        if dropout > 0.0:
            makers["d"] = self._channel_dropout
        self.parts = [makers[letter]() for letter in residual_type if letter in makers]
        self.gate = convolution(2 * width, 1, self.dtype_policy) if gated else None

    def build(self, input_shape):
        if input_shape[-1] != self.width:
            raise ValueError(
                "A residual block keeps the number of channels. "
                f"Received: width={self.width}, input channels {input_shape[-1]}"
            )
        shape = build_chain(self.parts, input_shape)
        if self.gated:
            self.gate.build(shape)

    def call(self, inputs):
        outputs = call_chain(self.parts, inputs)
        if self.gated:
            outputs, gate = ops.split(self.gate(outputs), 2, axis=-1)
            outputs = self.activate(outputs) * ops.sigmoid(gate)
        return inputs + outputs

    def _activation(self):
        return layers.Activation(self.activate, dtype=self.dtype_policy)

    def _norm(self):
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=self.dtype_policy)

    def _convolution(self):
        return convolution(self.width, self.kernel_size, self.dtype_policy)

    def _channel_dropout(self):
        return layers.SpatialDropout2D(self.dropout, dtype=self.dtype_policy)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "residual_type": self.residual_type,
            "nonlin": self.nonlin,
            "batch_norm": self.batch_norm,
            "dropout": self.dropout,
            "gated": self.gated,
        }
