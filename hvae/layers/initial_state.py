"""The state a scale of the decoder starts from."""

import keras
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable(package="hvae")
class InitialState(layers.Layer):
    """A scale's own learned state, or zeros, plus what reaches it from above.

    Args:
        height, width, channels: shape of the state.
        learned: whether the scale has a learned state; otherwise it starts from zeros.
        initial_range: the learned state starts uniform in ± this; 0 for zeros.

    Call arguments:
        inputs: the state from above, `(batch, height, width, channels)`.

    Reference:
        Child 2021, Figure 3: the top-down path starts from a learned constant.
    """

    def __init__(self, height, width, channels, learned=True, initial_range=0.0, **kwargs):
        super().__init__(**kwargs)
        self.height = height
        self.width = width
        self.channels = channels
        self.learned = learned
        self.initial_range = initial_range

    def build(self, input_shape=None):
        if self.learned:
            self.state = self.add_weight(
                shape=(1, self.height, self.width, self.channels),
                initializer=initializers.RandomUniform(-self.initial_range, self.initial_range),
                name="state",
            )

    def call(self, inputs):
        return inputs + self.state if self.learned else inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def start(self, like):
        """The state without anything from above, `(batch, height, width, channels)`.

        Args:
            like: any tensor `(batch, height, width, any channels)`; only its shape matters.
        """
        # Broadcasting against zeros takes the batch size along where it is not known. They are
        # computed, for a constant state is overwritten by the first of OpenVINO's inferences.
        zeros = ops.cast(
            ops.minimum(ops.min(ops.abs(like), axis=-1, keepdims=True), 0), self.compute_dtype
        )
        if self.learned:
            return zeros + ops.cast(self.state, self.compute_dtype)
        return ops.repeat(zeros, self.channels, axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "channels": self.channels,
            "learned": self.learned,
            "initial_range": self.initial_range,
        }
