"""Flows one after the other."""

import keras

from hvae.flows.base import Flow, FlowOutput, constant_log_det


@keras.saving.register_keras_serializable(package="hvae")
class FlowSequence(Flow):
    """z' = g_n(… g₁(z)); without flows the identity.

    log|det ∂z'/∂z| is the sum of those of the flows, each at what reaches it.

    Args:
        flows: `Flow`s, in the order in which they act.

    Input and output shape: `(batch, height, width, channels)`.
    """

    def __init__(self, flows, **kwargs):
        super().__init__(**kwargs)
        self.flows = list(flows)

    def build(self, input_shape):
        for flow in self.flows:
            if not flow.built:  # it is, when it comes from a configuration
                flow.build(input_shape)

    def call(self, z, context=None):
        total = constant_log_det(z, 0.0)
        for flow in self.flows:
            z, log_det = flow(z)
            total = total + log_det
        return FlowOutput(z, total)

    def inverse(self, z, context=None):
        for flow in reversed(self.flows):
            z = flow.inverse(z)
        return z

    def get_config(self):
        flows = [keras.saving.serialize_keras_object(flow) for flow in self.flows]
        return {**super().get_config(), "flows": flows}

    @classmethod
    def from_config(cls, config):
        flows = [keras.saving.deserialize_keras_object(flow) for flow in config.pop("flows")]
        return cls(flows, **config)
