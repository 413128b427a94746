"""VDVAE (Child 2021), with the joins between scales of Efficient-VDVAE as an option."""

from keras import layers

from hvae.families.base import Family
from hvae.families.vdvae.layers.final_state_head import FinalStateHead
from hvae.families.vdvae.layers.fit_width import FitWidth
from hvae.families.vdvae.layers.latent_aggregation_head import LatentAggregationHead
from hvae.families.vdvae.vdvae_variant import VDVAEVariant
from hvae.layers.activation import get_activation
from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.convolution import convolution
from hvae.layers.initial_state import InitialState

#: Head of each `reconstruct_from`.
_HEADS = {"state": FinalStateHead, "latents": LatentAggregationHead}


class VDVAE(Family):
    """Parts of the Very Deep VAE.

    Reference:
        Child, "Very Deep VAEs Generalize Autoregressive Models and Can Outperform Them
        on Images", ICLR 2021, Figure 3 and Section 3.
    """

    def stem(self, scale):
        return [convolution(scale.state_width, max(3, scale.kernel_size), self.dtype)]

    def encoder_blocks(self, scale):
        return [self._encoder_block(scale) for _ in range(scale.enc_num_blocks)]

    def downsample(self, scale, smaller):
        blocks = [self._encoder_block(scale) for _ in range(scale.enc_pool_blocks)]
        pool = layers.AveragePooling2D(2, strides=2, dtype=self.dtype)
        return blocks + self._join(scale, smaller, pool)

    def _encoder_block(self, scale):
        return BottleneckBlock(
            scale.enc_middle_width,
            scale.state_width,
            kernel_size=scale.kernel_size,
            activation=self.config.b_act,
            group_norm=self.config.block_gn,
            residual=True,
            last_scale=self._encoder_depth() ** -0.5,
            dtype=self.dtype,
        )

    def initial_state(self, scale):
        learned = scale.has_learned_state
        return InitialState(*scale.size, scale.state_width, learned=learned, dtype=self.dtype)

    def upsample(self, smaller, scale):
        factor = scale.height // smaller.height
        nearest = layers.UpSampling2D(factor, interpolation="nearest", dtype=self.dtype)
        return self._join(smaller, scale, nearest)

    def latent_variant(self, scale, has_next_state):
        return VDVAEVariant(
            z_width=scale.z_width,
            state_width=scale.state_width,
            middle_width=scale.dec_middle_width,
            kernel_size=scale.kernel_size,
            activation=self.config.b_act,
            group_norm=self.config.block_gn,
            depthwise=self.config.depthwise,
            depth=len(self.config.latent_scales),
            has_next_state=has_next_state,
            dtype=self.dtype,
        )

    def head(self, num_parameters):
        head = _HEADS[self.config.reconstruct_from]
        return head(self.config, num_parameters, dtype=self.dtype)

    def _encoder_depth(self):
        return sum(scale.enc_num_blocks + scale.enc_pool_blocks for scale in self.config.scales)

    def _join(self, source, target, resample):
        """Layers from one scale to the next: fit the width, then resample."""
        width = target.state_width
        if self.config.scale_join == "nearest_bias":
            return [FitWidth(width, dtype=self.dtype), resample]
        parts = []
        if source.state_width != width:
            parts.append(convolution(width, 1, self.dtype))
        activation = get_activation(self.config.p_act)
        return parts + [layers.Activation(activation, dtype=self.dtype), resample]
