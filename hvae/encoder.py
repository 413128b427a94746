"""Bottom-up: from the image to one activation per scale."""

from keras import layers

from hvae.execution.direct import Direct
from hvae.layers.chain import build_chain
from hvae.layers.listed_parts import ListedParts


class Encoder(ListedParts, layers.Layer):
    """Blocks at every scale, each scale joined to the next smaller one.

    Args:
        config: a `ModelConfig`.
        family: the `Family` whose parts to use.

    Input shape: `(batch, height, width, channels)`, padded and scaled.
    Output: one activation per scale, largest first, each
    `(batch, scale height, scale width, activation_width)`.
    """

    def __init__(self, config, family, **kwargs):
        super().__init__(**kwargs)
        self.config = config
        self.scales = config.scales
        self.execution = Direct()
        self.stem = family.stem(self.scales[0])
        self.blocks = [family.encoder_blocks(scale) for scale in self.scales]
        self.activations = [family.activation(scale) for scale in self.scales]
        pairs = zip(self.scales, self.scales[1:])
        self.joins = [family.downsample(scale, smaller) for scale, smaller in pairs]

    def build(self, input_shape):
        shape = build_chain(self.stem, input_shape)
        for scale in self.scales:
            shape = build_chain(self.blocks[scale.index], shape)
            build_chain(self.activations[scale.index], shape)
            shape = build_chain(self._join_after(scale), shape)

    def call(self, inputs):
        return tuple(self.walk(inputs))

    def walk(self, inputs):
        """The activations of `call`, one scale after the other."""
        state = self.execution.chain(self.stem, inputs)
        for scale in self.scales:
            state = self.execution.chain(self.blocks[scale.index], state)
            yield self.execution.chain(self.activations[scale.index], state)
            state = self.execution.chain(self._join_after(scale), state)

    def _join_after(self, scale):
        return self.joins[scale.index] if scale.index < len(self.joins) else []

    def compute_output_shape(self, input_shape):
        return tuple((input_shape[0], *s.size, s.activation_width) for s in self.scales)
