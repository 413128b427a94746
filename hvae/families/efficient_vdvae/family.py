"""Efficient-VDVAE (Hazami et al. 2022)."""

import math

from keras import layers

from hvae.families.base import Family
from hvae.families.efficient_vdvae.efficient_vdvae_variant import EfficientVDVAEVariant
from hvae.families.efficient_vdvae.layers.unpooled_state import UnpooledState
from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.chain_head import ChainHead
from hvae.layers.convolution import convolution
from hvae.layers.initial_state import InitialState
from hvae.layers.initializers import FanInUniform
from hvae.numerics.leaky_relu import leaky_relu


def _leaky_relu(x):
    """After pooling and before unpooling."""
    return leaky_relu(x, negative_slope=0.1)


class EfficientVDVAE(Family):
    """Parts of Efficient-VDVAE.

    Strided convolutions pool; a 1×1 convolution, nearest up-sampling and a learned bias
    unpool; the decoder reads a projection of the encoder's state at every level.

    Reference:
        Hazami, Mama & Thurairatnam, "Efficient-VDVAE: Less is more", 2022, Figure 2.
    """

    def stem(self, scale):
        size = self.config.input_kernel_size
        return [convolution(scale.up_width, size, self.dtype, odd_row=self._odd_row())]

    def encoder_blocks(self, scale):
        count = scale.up_block["count"] * (1 + scale.up_num_blocks)
        return [self._residual_cell(scale.up_width, scale.up_block) for _ in range(count)]

    def activation(self, scale):
        return [convolution(scale.activation_width, 1, self.dtype)]

    def downsample(self, scale, smaller):
        if scale.stride == 1:
            return []
        pool = layers.Conv2D(
            smaller.up_width,
            scale.stride,
            strides=scale.stride,
            kernel_initializer=FanInUniform(),
            dtype=self.dtype,
        )
        return [pool, layers.Activation(_leaky_relu, dtype=self.dtype)]

    def initial_state(self, scale):
        size = dict(height=scale.height, width=scale.width, channels=scale.state_width)
        if not self.is_smallest(scale):
            return InitialState(**size, learned=scale.stride > 1, dtype=self.dtype)
        # As PyTorch's Kaiming initialisation counts the inputs of (1, C, H, W).
        count = math.prod(size.values()) // scale.stride**2
        size |= {"initial_range": math.sqrt(3.0 / count), "dtype": self.dtype}
        if scale.stride == 1:
            return InitialState(**size)
        return UnpooledState(**size, stride=scale.stride, unpool=self.upsample(scale, scale))

    def upsample(self, smaller, scale):
        if scale.stride == 1:
            return []
        return [
            convolution(scale.state_width, 1, self.dtype),
            layers.Activation(_leaky_relu, dtype=self.dtype),
            layers.UpSampling2D(scale.stride, interpolation="nearest", dtype=self.dtype),
        ]

    def latent_variant(self, scale, has_next_state):
        block = scale.down_block
        return EfficientVDVAEVariant(
            z_width=scale.z_width,
            state_width=scale.state_width,
            activation_width=scale.activation_width,
            ratio=block["ratio"],
            kernel_size=block["kernel_size"],
            num_middle=block["num_middle"],
            outer_kernel_size=self._outer_kernel_size(block),
            num_cells=block["count"],
            depth=self._depth(),
            stable_init=self.config.stable_init,
            zero_prior=self.config.initialize_prior_weights_as_zero,
            odd_row=self._odd_row(),
            dtype=self.dtype,
        )

    def head(self, num_parameters):
        largest = self.config.scales[0]
        size = self.config.output_kernel_size
        chain = [convolution(num_parameters, size, self.dtype, odd_row=self._odd_row())]
        return ChainHead(chain, (None, *largest.size, largest.state_width), dtype=self.dtype)

    def _residual_cell(self, width, block):
        return BottleneckBlock(
            int(width * block["ratio"]),
            width,
            kernel_size=block["kernel_size"],
            num_middle=block["num_middle"],
            outer_kernel_size=self._outer_kernel_size(block),
            activation="silu",
            residual=True,
            last_scale=self._depth() ** -0.5 if self.config.stable_init else 1.0,
            odd_row=self._odd_row(),
            dtype=self.dtype,
        )

    def _outer_kernel_size(self, block):
        return 1 if self.config.use_1x1_conv else block["kernel_size"]

    def _odd_row(self):
        return "below" if self.config.even_kernel_padding == "end" else "above"

    def _depth(self):
        return len(self.config.latent_scales)
