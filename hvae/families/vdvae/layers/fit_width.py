"""Change of the number of channels without weights."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="hvae")
class FitWidth(layers.Layer):
    """Pads with zero channels, or cuts channels off, to reach a width.

    Args:
        width: number of channels of the result.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Child 2021, the published code's way to change widths between scales.
    """

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width

    def call(self, inputs):
        missing = self.width - inputs.shape[-1]
        if missing > 0:
            return ops.pad(inputs, [[0, 0], [0, 0], [0, 0], [0, missing]])
        return inputs[..., : self.width]

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.width)

    def get_config(self):
        return {**super().get_config(), "width": self.width}
