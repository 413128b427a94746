"""Residual cell of NVAE's bottom-up path."""

import keras
from keras import layers

from hvae.families.nvae.layers.factorized_reduction import FactorizedReduction
from hvae.families.nvae.layers.nvae_normalization import nvae_normalization
from hvae.families.nvae.layers.squeeze_excitation import squeeze_excitation
from hvae.layers.convolution import convolution
from hvae.layers.strided_convolution import StridedConvolution
from hvae.numerics.silu import silu

RESIDUAL_SCALE = 0.1


@keras.saving.register_keras_serializable(package="hvae")
class NVAEEncoderCell(layers.Layer):
    """skip(x) + 0.1 · f(x), f: twice (BN, Swish, 3×3), then squeeze and excitation.

    Args:
        width: channels of the result.
        downsample: whether to halve the image, by a stride in the first convolution
            and a `FactorizedReduction` in the skip; otherwise the skip is the identity.
        shifted_skip: as `shifted` there.
        se_ratio, se_min_channels: as of `SqueezeExcitation`; none with a ratio of 0.

    Input and output shape: `(batch, height, width, channels)`.

    Raises:
        ValueError: if the width changes where the image is not halved.

    Reference:
        Vahdat & Kautz 2020 (NVAE), Figure 3b.
    """

    def __init__(
        self,
        width,
        downsample=False,
        shifted_skip=True,
        se_ratio=2,
        se_min_channels=1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.se_ratio = se_ratio
        self.se_min_channels = se_min_channels
        self.width = width
        self.downsample = downsample
        self.shifted_skip = shifted_skip
        dtype = self.dtype_policy
        self.norms = [nvae_normalization(dtype) for _ in range(2)]
        first = (
            StridedConvolution(width, 3, dtype=dtype)
            if downsample
            else convolution(width, 3, dtype)
        )
        self.convolutions = [first, convolution(width, 3, dtype)]
        self.squeeze_excitation = squeeze_excitation(se_ratio, se_min_channels, dtype)
        self.skip = FactorizedReduction(width, shifted_skip, dtype=dtype) if downsample else None

    def build(self, input_shape):
        if self.skip is not None:
            self.skip.build(input_shape)
        elif input_shape[-1] != self.width:
            raise ValueError(
                "A cell that keeps the size keeps the number of channels. "
                f"Received: width={self.width}, input channels {input_shape[-1]}"
            )
        shape = tuple(input_shape)
        for norm, layer in zip(self.norms, self.convolutions):
            norm.build(shape)
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        if self.squeeze_excitation is not None:
            self.squeeze_excitation.build(shape)

    def call(self, inputs):
        outputs = inputs
        for norm, layer in zip(self.norms, self.convolutions):
            outputs = layer(silu(norm(outputs)))
        if self.squeeze_excitation is not None:
            outputs = self.squeeze_excitation(outputs)
        skipped = inputs if self.skip is None else self.skip(inputs)
        return skipped + RESIDUAL_SCALE * outputs

    def compute_output_shape(self, input_shape):
        if self.skip is None:
            return tuple(input_shape)
        return self.skip.compute_output_shape(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "downsample": self.downsample,
            "shifted_skip": self.shifted_skip,
            "se_ratio": self.se_ratio,
            "se_min_channels": self.se_min_channels,
        }
