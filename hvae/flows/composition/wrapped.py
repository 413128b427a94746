"""What flows that hold another flow have in common."""

import keras

from hvae.flows.base import Flow


class WrappedFlow(Flow):
    """A flow made of another one, of a latent that may have another shape.

    A subclass says in `around` what happens before and after the other flow: the same in both
    directions.

    Args:
        flow: the other `Flow`.
    """

    def __init__(self, flow, **kwargs):
        super().__init__(**kwargs)
        self.flow = flow
        self.context_width = flow.context_width

    def build(self, input_shape):
        if not self.flow.built:  # it is, when it comes from a configuration
            self.flow.build(self.inner_shape(input_shape))

    def call(self, z, context=None):
        return self.around(self.flow, z, context)

    def inverse(self, z, context=None):
        return self.around(self.flow.inverse, z, context)

    def around(self, inner, z, context):
        """`FlowOutput` of z, given that of the other flow or of its inverse.

        Args:
            inner: the other flow, or its inverse, called with a latent and `context`.
            z: `(batch, height, width, channels)`.
            context: `(batch, height, width, context_width)`, or `None`.
        """
        raise NotImplementedError

    def inner_shape(self, input_shape):
        """Shape of what the other flow acts on."""
        return input_shape

    def get_config(self):
        return {**super().get_config(), "flow": keras.saving.serialize_keras_object(self.flow)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("flow")), **config)
