"""Ladder VAE (Sønderby et al. 2016), as a deep convolutional one."""

from keras import layers

from hvae.families.base import Family
from hvae.families.lvae.layers.gated_residual_block import GatedResidualBlock
from hvae.families.lvae.layers.image_mask import ImageMask
from hvae.families.lvae.layers.nonlinearity import nonlinearity
from hvae.families.lvae.layers.transposed_convolution import TransposedConvolution
from hvae.families.lvae.lvae_top_variant import LVAETopVariant
from hvae.families.lvae.lvae_variant import LVAEVariant
from hvae.layers.chain_head import ChainHead
from hvae.layers.convolution import convolution
from hvae.layers.initial_state import InitialState
from hvae.layers.strided_convolution import StridedConvolution


class LVAE(Family):
    """Parts of the Ladder VAE.

    Every layer of the hierarchy is a scale of its own with one latent. The residual
    blocks that follow a latent on the way down lead to the next scale, or to the head.

    Reference:
        Sønderby et al., "Ladder Variational Autoencoders", NeurIPS 2016, Section 2;
        the deterministic parts: the published code of ladder-vae-pytorch.
    """

    def stem(self, scale):
        stride = 1 if self.config.no_initial_downscaling else 2
        return [
            StridedConvolution(self.config.n_filters, 5, stride, dtype=self.dtype),
            layers.Activation(nonlinearity(self.config.nonlin), dtype=self.dtype),
            self._residual_block(gated=False),
        ]

    def encoder_blocks(self, scale):
        return self._blocks(scale, StridedConvolution, kernel_size=3)

    def downsample(self, scale, smaller):
        return []

    def initial_state(self, scale):
        return InitialState(*scale.size, scale.state_width, learned=False, dtype=self.dtype)

    def upsample(self, smaller, scale):
        return self._blocks(smaller, TransposedConvolution)

    def latent_variant(self, scale, has_next_state):
        if self.is_smallest(scale):
            return LVAETopVariant(
                *scale.size,
                z_width=scale.z_width,
                state_width=scale.state_width,
                learn_prior=self.config.learn_top_prior,
                dtype=self.dtype,
            )
        return LVAEVariant(
            z_width=scale.z_width,
            state_width=scale.state_width,
            residual_merge=self.config.merge_layers == "residual",
            skip=self.config.skip,
            block_options=self._block_options(),
            dtype=self.dtype,
        )

    def head(self, num_parameters):
        bottom = self.config.scales[0]
        chain = self._blocks(bottom, TransposedConvolution)
        if not self.config.no_initial_downscaling:
            chain.append(layers.UpSampling2D(2, interpolation="bilinear", dtype=self.dtype))
        chain += [self._residual_block() for _ in range(self.config.blocks_per_layer)]
        chain.append(ImageMask(self.config.image_size, dtype=self.dtype))
        chain.append(convolution(num_parameters, 3, self.dtype))
        return ChainHead(chain, (None, *bottom.size, bottom.state_width), dtype=self.dtype)

    def _blocks(self, scale, resample, **options):
        """A layer's residual blocks, the first of which follow a step to another size."""
        blocks = []
        for i in range(self.config.blocks_per_layer):
            if i < scale.downsample:
                blocks.append(resample(self.config.n_filters, **options, dtype=self.dtype))
            blocks.append(self._residual_block())
        return blocks

    def _residual_block(self, **changes):
        options = {**self._block_options(), "gated": self.config.gated, **changes}
        return GatedResidualBlock(self.config.n_filters, **options, dtype=self.dtype)

    def _block_options(self):
        names = ("residual_type", "nonlin", "batch_norm", "dropout")
        return {name: getattr(self.config, name) for name in names}
