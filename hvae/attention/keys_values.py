"""What others attend to."""

from typing import Any, NamedTuple

import keras
from keras import layers, ops

from hvae.layers.convolution import convolution
from hvae.numerics.gelu import gelu


class KeysValues(NamedTuple):
    """What one or several sources of one size offer; each source is an entry of every pixel."""

    keys: Any  # (batch, height, width, entries, query_width)
    values: Any  # (batch, height, width, entries, channels)


@keras.saving.register_keras_serializable(package="hvae")
class KeysValuesProjection(layers.Layer):
    """Makes an activation or a state a source: x + gelu(norm(x)) and a projected norm(x).

    Args:
        query_width: channels of the keys.

    Input shape: `(batch, height, width, channels)`.
    Output: `KeysValues` with one entry and values of as many channels.

    Reference:
        Apostolopoulou et al. 2022 (DAVI), the normalisation of its published code.
    """

    def __init__(self, query_width, **kwargs):
        super().__init__(**kwargs)
        self.query_width = query_width
        self.norm = layers.LayerNormalization(dtype=self.dtype_policy)
        self.key_projection = convolution(query_width, 1, self.dtype_policy)

    def build(self, input_shape):
        self.norm.build(input_shape)
        self.key_projection.build(input_shape)

    def call(self, inputs):
        normalized = self.norm(inputs)
        values = inputs + gelu(normalized)
        keys = self.key_projection(normalized)
        return KeysValues(ops.expand_dims(keys, 3), ops.expand_dims(values, 3))

    def get_config(self):
        return {**super().get_config(), "query_width": self.query_width}
