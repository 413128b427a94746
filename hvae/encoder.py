"""Bottom-up: from the image to one activation per scale."""

import keras
from keras import layers


class Encoder(layers.Layer):
    """Residual blocks at every scale, each scale joined to the next smaller one.

    Args:
        config: a `ModelConfig`.
        family: the `Family` whose parts to use.

    Input shape: `(batch, height, width, channels)`, padded and scaled.
    Output: one activation per scale, largest first, each
    `(batch, scale height, scale width, stage_in_width)`.
    """

    def __init__(self, config, family, **kwargs):
        super().__init__(**kwargs)
        self.config = config
        self.scales = config.scales
        self.stem = family.stem(self.scales[0])
        self.blocks = [
            [family.encoder_block(scale) for _ in range(scale.enc_num_blocks)]
            for scale in self.scales
        ]
        self.joins = [
            family.downsample(scale, smaller)
            for scale, smaller in zip(self.scales, self.scales[1:])
        ]

    def build(self, input_shape):
        self.stem.build(input_shape)
        shape = self.stem.compute_output_shape(input_shape)
        for scale in self.scales:
            for block in self.blocks[scale.index]:
                block.build(shape)
            for layer in self._join_after(scale):
                layer.build(shape)
                shape = layer.compute_output_shape(shape)

    def call(self, inputs):
        state = self.stem(inputs)
        activations = []
        for scale in self.scales:
            for block in self.blocks[scale.index]:
                state = block(state)
            activations.append(state)
            for layer in self._join_after(scale):
                state = layer(state)
        return tuple(activations)

    def _join_after(self, scale):
        return self.joins[scale.index] if scale.index < len(self.joins) else []

    def compute_output_spec(self, inputs):
        return tuple(
            keras.KerasTensor(
                (inputs.shape[0], *s.size, s.stage_in_width), dtype=self.compute_dtype
            )
            for s in self.scales
        )
