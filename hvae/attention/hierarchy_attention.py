"""Depthwise attention of all latent blocks."""

from typing import NamedTuple

from keras import layers, ops

from hvae.attention.depthwise_attention import DepthwiseAttention
from hvae.attention.keys_values import KeysValuesProjection
from hvae.attention.sources import Sources

# A softmax over one source has nothing to choose.
_LEAST_SOURCES = 2


class AttentionMemory(NamedTuple):
    """What the blocks of one walk down can attend to."""

    encoder: Sources  # its scales
    decoder: Sources  # the blocks so far


class HierarchyAttention(layers.Layer):
    """Posteriors attend to all scales of the encoder, priors to all blocks above.

    Before a block, the prior's attention is added to the state, and flows on with it;
    then the posterior's is added to the encoder's activation. Its query is made of both,
    so that it can depend on the image at the top, where the state is a constant. After a
    block, its next state becomes a source. The prior's attention starts with the third
    block: the second could only choose the state that it receives anyway.

    Kept for the gradient, in floats an image, with p pixels, W channels of a source, K
    `query_width` and Q `num_queries`, over encoder scales s and blocks l: keys and values,
    Σ_s p_s (K + W_s) + Σ_l p_l (K + W_l), at most twice, as those of a size are stacked
    when it ends, and the encoder's once more for each block at a smaller size, or, where
    the backend's compiler shares equal operations, for each smaller size; inputs of the
    query nets, before and after their activation, 5 Σ_l p_l W_l; attended values,
    2 Q Σ_l p_l W_l; weights and scores, which alone are quadratic in the depth,
    2 Q Σ_l (Σ_s max(p_l, p_s) + Σ_{l' above l} p_l).

    Args:
        config: a `ModelConfig`.

    Reference:
        Apostolopoulou et al. 2022 (DAVI). In its published code the posterior attends to
        the encoder's scales from its own to the largest, in its adaptation to VDVAE
        (github.com/swpenninga/hvae) to the larger ones, averaged down; in both, what the
        prior attends to does not flow on.
    """

    def __init__(self, config, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.config = config
        self.scales, self.block_scales = config.scales, config.latent_scales
        activation_widths = [scale.activation_width for scale in self.scales]
        self.encoder_sources = [self._source() for _ in self.scales]
        self.posteriors = [
            self._attention(scale, scale.activation_width, activation_widths)
            for scale in self.block_scales
        ]
        state_widths = [scale.state_width for scale in self.block_scales]
        self.priors = [
            self._attention(scale, scale.state_width, state_widths[:i])
            for i, scale in enumerate(self.block_scales)
            if i >= _LEAST_SOURCES
        ]
        self.block_sources = [self._source() for _ in self.block_scales[:-1] if self.priors]

    def build(self, input_shape=None):
        for source, scale in zip(self.encoder_sources, self.scales):
            source.build((None, *scale.size, scale.activation_width))
        for source, scale in zip(self.block_sources, self.block_scales):
            source.build((None, *scale.size, scale.state_width))
        for attention, scale in zip(self.posteriors, self.block_scales):
            joint_width = scale.state_width + scale.activation_width
            attention.build(
                (None, *scale.size, scale.activation_width), (None, *scale.size, joint_width)
            )
        for attention, scale in zip(self.priors, self.block_scales[_LEAST_SOURCES:]):
            shape = (None, *scale.size, scale.state_width)
            attention.build(shape, shape)

    def start(self, activations):
        """`AttentionMemory` before the first block.

        Args:
            activations: the encoder's, largest scale first, or `None`.
        """
        memory = AttentionMemory(Sources(), Sources())
        if activations is not None:
            for source, activation in zip(self.encoder_sources, activations):
                memory.encoder.add(source(activation))
        return memory

    def attend(self, block, state, activation, memory):
        """State and activation that a block reads.

        Args:
            block: number of the block, from the smallest scale.
            state: `(batch, height, width, state_width)`.
            activation: `(batch, height, width, activation_width)`, or `None`.
            memory: the walk's `AttentionMemory`.
        """
        if block >= _LEAST_SOURCES:
            prior = self.priors[block - _LEAST_SOURCES]
            state = prior(state, state, sources=list(memory.decoder))
        if activation is not None:
            context = ops.concatenate([state, activation], axis=-1)
            posterior = self.posteriors[block]
            activation = posterior(activation, context, sources=list(memory.encoder))
        return state, activation

    def remember(self, block, state, memory):
        """Make the state after a block a source for those below."""
        if block < len(self.block_sources):
            memory.decoder.add(self.block_sources[block](state))

    def _source(self):
        return KeysValuesProjection(self.config.query_width, dtype=self.dtype_policy)

    def _attention(self, scale, width, source_widths):
        return DepthwiseAttention(
            width,
            tuple(dict.fromkeys(source_widths)),
            num_queries=self.config.num_queries,
            query_width=self.config.query_width,
            kernel_size=3 if min(scale.size) > 3 else 1,
            dtype=self.dtype_policy,
        )
