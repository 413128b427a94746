"""NVAE (Vahdat & Kautz 2020), as github.com/mgp123/nvae builds it."""

import math

from keras import layers

from hvae.families.base import Family
from hvae.families.nvae.layers.nvae_decoder_cell import NVAEDecoderCell
from hvae.families.nvae.layers.nvae_encoder_cell import NVAEEncoderCell
from hvae.families.nvae.nvae_top_variant import NVAETopVariant
from hvae.families.nvae.nvae_variant import NVAEVariant
from hvae.flows.posterior import get_flow
from hvae.layers.chain_head import ChainHead
from hvae.layers.initial_state import InitialState
from hvae.layers.weight_norm_convolution import WeightNormConvolution

_POST_EXPANSION = 3  # of the cells after the towers


class NVAE(Family):
    """Parts of NVAE: cells before and after the towers, cells between the latents.

    Reference:
        Vahdat & Kautz, "NVAE: A Deep Hierarchical Variational Autoencoder", NeurIPS 2020,
        Figures 2 and 3, Appendix A.
    """

    def stem(self, scale):
        first = WeightNormConvolution(self.config.channel_towers, 3, dtype=self.dtype)
        widths = self._outer_widths(self.config.channel_towers)
        parts = [first]
        # The last cell of a block changes the size.
        count = self.config.num_cells_per_block_prepost - 1
        for width, inner_width in zip(widths, widths[1:]):
            parts += [self._encoder_cell(width) for _ in range(count)]
            parts.append(self._encoder_cell(inner_width, downsample=True))
        return parts

    def encoder_blocks(self, scale):
        width = scale.activation_width
        count = self.config.cells_per_split_enc
        parts = [self._encoder_cell(width, downsample=True)] if self._opens_group(scale) else []
        return parts + [self._encoder_cell(width) for _ in range(count)]

    def downsample(self, scale, smaller):
        return []

    def initial_state(self, scale):
        # Of variance 1, as the constant starts there.
        return InitialState(
            *scale.size,
            scale.state_width,
            learned=self.is_smallest(scale),
            initial_range=math.sqrt(3.0),
            dtype=self.dtype,
        )

    def upsample(self, smaller, scale):
        width = scale.state_width
        parts = []
        if self._opens_group(smaller):
            parts.append(self._decoder_cell(width, upsample=True))
        for _ in range(self.config.cells_per_input_dec):
            parts.append(self._decoder_cell(width))
        return parts

    def flow(self, scale):
        return None if self.config.fixed_flows else super().flow(scale)

    def latent_variant(self, scale, has_next_state):
        variant = NVAETopVariant if self.is_smallest(scale) else NVAEVariant
        return variant(
            scale.z_width,
            scale.state_width,
            scale.activation_width,
            residual=self.config.res_dist,
            decoder_flow=self._decoder_flow(scale),
            dtype=self.dtype,
        )

    def head(self, num_parameters):
        config = self.config
        widths = self._outer_widths(config.decoder_towers)[::-1]
        count = (config.num_postprocess_cells or config.num_cells_per_block_prepost) - 1
        chain = []
        for width, outer_width in zip(widths, widths[1:]):
            doubling = self._post_cell(outer_width, upsample=True)
            kept_width = outer_width if config.upsample_first else width
            others = [self._post_cell(kept_width) for _ in range(count)]
            chain += [doubling, *others] if config.upsample_first else [*others, doubling]
        chain.append(layers.Activation("elu", dtype=self.dtype))
        chain.append(WeightNormConvolution(num_parameters, 3, dtype=self.dtype))
        largest = config.scales[0]
        return ChainHead(chain, (None, *largest.size, largest.state_width), dtype=self.dtype)

    def _decoder_flow(self, scale):
        return get_flow(self.config, scale) if self.config.fixed_flows else None

    def _opens_group(self, scale):
        """Whether the encoder halves the size on its way to this scale."""
        return scale.split == 0 and scale.group > 0

    def _outer_widths(self, towers):
        """Channels outside the towers, from the image to the largest group."""
        factor, count = self.config.channel_multiplier, self.config.num_blocks_prepost + 1
        return [towers * factor**level for level in range(count)]

    def _encoder_cell(self, width, downsample=False):
        shifted = self.config.shifted_skips
        return NVAEEncoderCell(width, downsample, shifted, **self._squeeze(), dtype=self.dtype)

    def _decoder_cell(self, width, upsample=False):
        return NVAEDecoderCell(width, upsample=upsample, **self._squeeze(), dtype=self.dtype)

    def _post_cell(self, width, upsample=False):
        return NVAEDecoderCell(
            width, _POST_EXPANSION, upsample, **self._squeeze(), dtype=self.dtype
        )

    def _squeeze(self):
        return {"se_ratio": self.config.se_ratio, "se_min_channels": self.config.se_min_channels}
