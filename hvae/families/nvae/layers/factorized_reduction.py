"""Halving of an image by four convolutions of every other pixel."""

import keras
from keras import layers, ops

from hvae.layers.initializers import FanInUniform
from hvae.numerics.silu import silu

_OFFSETS = ((0, 0), (1, 1), (0, 1), (1, 0))


@keras.saving.register_keras_serializable(package="hvae")
class FactorizedReduction(layers.Layer):
    """Swish, then four 1×1 convolutions of every other pixel, each a quarter of the channels.

    Args:
        width: channels of the result, a multiple of four.
        shifted: whether they read the four pixels of each 2×2 window, one each, as
            Vahdat & Kautz do; otherwise all read the first, as github.com/mgp123/nvae.

    Input shape: `(batch, height, width, channels)`, even sides.
    Output shape: `(batch, height / 2, width / 2, width)`.

    Raises:
        ValueError: if the width is no multiple of four.

    Reference:
        Vahdat & Kautz 2020 (NVAE), the published code's skip connection.
    """

    def __init__(self, width, shifted=True, **kwargs):
        super().__init__(**kwargs)
        if width % 4:
            raise ValueError(f"width must be a multiple of four. Received: width={width}")
        self.width = width
        self.shifted = shifted
        self.convolutions = [
            layers.Conv2D(
                width // 4,
                1,
                kernel_initializer=FanInUniform(),
                dtype=self.dtype_policy,
            )
            for _ in _OFFSETS
        ]

    def build(self, input_shape):
        for convolution in self.convolutions:
            convolution.build(self.compute_output_shape(input_shape)[:-1] + input_shape[-1:])

    def call(self, inputs):
        inputs = silu(inputs)
        parts = []
        for convolution, offset in zip(self.convolutions, _OFFSETS):
            row, column = offset if self.shifted else (0, 0)
            # Every other pixel is taken here, not by a stride: TensorFlow's oneDNN writes past
            # the end of the kernel's gradient for some 1×1 convolutions of stride 2.
            parts.append(convolution(inputs[:, row::2, column::2]))
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        return (batch, height // 2, width // 2, self.width)

    def get_config(self):
        return {**super().get_config(), "width": self.width, "shifted": self.shifted}
