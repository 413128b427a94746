"""What flows that hold another flow have in common."""

import keras

from hvae.flows.base import Flow


class WrappedFlow(Flow):
    """A flow made of another one, of a latent that may have another shape.

    Args:
        flow: the other `Flow`.
    """

    def __init__(self, flow, **kwargs):
        super().__init__(**kwargs)
        self.flow = flow

    def build(self, input_shape):
        if not self.flow.built:  # it is, when it comes from a configuration
            self.flow.build(self.inner_shape(input_shape))

    def inner_shape(self, input_shape):
        """Shape of what the other flow acts on."""
        return input_shape

    def get_config(self):
        return {**super().get_config(), "flow": keras.saving.serialize_keras_object(self.flow)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("flow")), **config)
