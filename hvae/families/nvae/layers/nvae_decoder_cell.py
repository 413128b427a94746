"""Residual cell of NVAE's top-down path."""

import keras
from keras import layers

from hvae.families.nvae.layers.bilinear_upsampling import BilinearUpsampling
from hvae.families.nvae.layers.nvae_encoder_cell import RESIDUAL_SCALE
from hvae.families.nvae.layers.nvae_normalization import nvae_normalization
from hvae.families.nvae.layers.squeeze_excitation import squeeze_excitation
from hvae.layers.chain import build_chain, call_chain
from hvae.layers.convolution import convolution
from hvae.layers.initializers import FanInUniform
from hvae.numerics.silu import silu


@keras.saving.register_keras_serializable(package="hvae")
class NVAEDecoderCell(layers.Layer):
    """skip(x) + 0.1 · f(x), f an inverted bottleneck with a depthwise convolution.

    f: BN, 1×1 to `expansion` times the channels, BN, Swish, 5×5 depthwise, BN, Swish,
    1×1, BN, squeeze and excitation.

    Args:
        width: channels of the result.
        expansion: channels inside f by those of the input.
        upsample: whether to double the image before f (nearest) and in the skip
            (bilinear and a 1×1 convolution); otherwise the skip is the identity.
        se_ratio, se_min_channels: as of `SqueezeExcitation`; none with a ratio of 0.

    Input and output shape: `(batch, height, width, channels)`.

    Raises:
        ValueError: if the width changes where the image is not doubled.

    Reference:
        Vahdat & Kautz 2020 (NVAE), Figure 3a.
    """

    kernel_size = 5

    def __init__(self, width, expansion=6, upsample=False, se_ratio=2, se_min_channels=1, **kwargs):
        super().__init__(**kwargs)
        self.se_ratio = se_ratio
        self.se_min_channels = se_min_channels
        self.width = width
        self.expansion = expansion
        self.upsample = upsample
        dtype = self.dtype_policy
        self.norms = [nvae_normalization(dtype) for _ in range(4)]
        self.nearest = layers.UpSampling2D(2, dtype=dtype) if upsample else None
        self.depthwise = layers.DepthwiseConv2D(
            self.kernel_size,
            padding="same",
            use_bias=False,
            depthwise_initializer=FanInUniform(depthwise=True),
            dtype=dtype,
        )
        self.reduce = self._pointwise(width)
        self.squeeze_excitation = squeeze_excitation(se_ratio, se_min_channels, dtype)
        self.skip = []
        if upsample:
            self.skip = [BilinearUpsampling(dtype=dtype), convolution(width, 1, dtype)]

    def build(self, input_shape):
        if not self.upsample and input_shape[-1] != self.width:
            raise ValueError(
                "A cell that keeps the size keeps the number of channels. "
                f"Received: width={self.width}, input channels {input_shape[-1]}"
            )
        build_chain(self.skip, input_shape)
        shape = tuple(input_shape)
        if self.upsample:
            shape = build_chain([self.nearest], shape)
        self.expand = self._pointwise(self.expansion * shape[-1])
        first, second, third, last = self.norms
        shape = build_chain([first, self.expand, second, self.depthwise, third], shape)
        shape = build_chain([self.reduce, last], shape)
        if self.squeeze_excitation is not None:
            self.squeeze_excitation.build(shape)

    def call(self, inputs):
        first, second, third, last = self.norms
        outputs = self.nearest(inputs) if self.upsample else inputs
        outputs = self.expand(first(outputs))
        outputs = self.depthwise(silu(second(outputs)))
        outputs = last(self.reduce(silu(third(outputs))))
        if self.squeeze_excitation is not None:
            outputs = self.squeeze_excitation(outputs)
        return call_chain(self.skip, inputs) + RESIDUAL_SCALE * outputs

    def _pointwise(self, width):
        return layers.Conv2D(
            width,
            1,
            use_bias=False,
            kernel_initializer=FanInUniform(),
            dtype=self.dtype_policy,
        )

    def compute_output_shape(self, input_shape):
        batch, height, width, _ = input_shape
        factor = 2 if self.upsample else 1
        return (batch, factor * height, factor * width, self.width)

    def get_config(self):
        return {
            **super().get_config(),
            "width": self.width,
            "expansion": self.expansion,
            "upsample": self.upsample,
            "se_ratio": self.se_ratio,
            "se_min_channels": self.se_min_channels,
        }
