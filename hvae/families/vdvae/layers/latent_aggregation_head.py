"""Reconstruction from the latents themselves."""

from keras import layers, ops

from hvae.layers.activation import get_activation
from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.convolution import convolution


class LatentAggregationHead(layers.Layer):
    """The sum of all projected, up-sampled latents by √depth, then convolutions.

    A 1×1 convolution of the sum, an activation, residual blocks, and a last convolution.
    Nearest up-sampling and the sum commute, so the sum is carried from scale to scale
    and up-sampled once a scale instead of once a latent.

    Args:
        config: a `ModelConfig`.
        num_parameters: parameters of the likelihood for each pixel.

    Reference:
        Kuzina & Tomczak 2024 (DVP-VAE), Figure 2; the layers are those of
        github.com/swpenninga/hvae.
    """

    #: Whether the decoder has to compute a state after its last latent.
    reads_state = False

    def __init__(self, config, num_parameters, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.latent_scales = config.latent_scales
        self.largest = config.scales[0]
        self.width = config.z_out_width
        self.activate = get_activation(config.b_act)
        sum_width = self.largest.state_width
        self.projections = [
            convolution(sum_width, 1, self.dtype_policy) for _ in self.latent_scales
        ]
        self.features = convolution(self.width, 1, self.dtype_policy)
        self.blocks = [
            BottleneckBlock(
                config.z_out_middle_width,
                self.width,
                kernel_size=self.largest.kernel_size,
                activation=config.b_act,
                group_norm=config.block_gn,
                depthwise=config.depthwise,
                residual=True,
                last_scale=config.output_blocks**-0.5,
                dtype=self.dtype_policy,
            )
            for _ in range(config.output_blocks)
        ]
        self.output_layer = convolution(
            num_parameters, max(3, self.largest.kernel_size), self.dtype_policy
        )

    def build(self, input_shape=None):
        for projection, scale in zip(self.projections, self.latent_scales):
            projection.build((None, *scale.size, scale.z_width))
        self.features.build((None, *self.largest.size, self.largest.state_width))
        shape = (None, *self.largest.size, self.width)
        for block in self.blocks:
            block.build(shape)
        self.output_layer.build(shape)
        self.output_shape = self.output_layer.compute_output_shape(shape)

    def call(self, state, latents):
        total = None
        for z, projection, scale in zip(latents, self.projections, self.latent_scales):
            projected = projection(z)
            total = projected if total is None else _upsample(total, scale) + projected
        # The summands are independent at first: 1/√depth keeps the sum's variance.
        total = _upsample(total, self.largest) * len(latents) ** -0.5
        outputs = self.activate(self.features(total))
        for block in self.blocks:
            outputs = block(outputs)
        return self.output_layer(outputs)


def _upsample(inputs, scale):
    """Nearest up-sampling to the size of a scale."""
    for axis, size in ((1, scale.height), (2, scale.width)):
        factor = size // inputs.shape[axis]
        if factor > 1:
            inputs = ops.repeat(inputs, factor, axis=axis)
    return inputs
