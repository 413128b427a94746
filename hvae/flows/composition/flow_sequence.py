"""Flows one after the other."""

import keras

from hvae.flows.base import Flow, FlowOutput, constant_log_det


@keras.saving.register_keras_serializable(package="hvae")
class FlowSequence(Flow):
    """z' = g_n(… g₁(z)); without flows the identity.

    log|det ∂z'/∂z| is the sum of those of the flows, each at what reaches it. All flows that
    read a context read the same one.

    Args:
        flows: `Flow`s, in the order in which they act.

    Input and output shape: `(batch, height, width, channels)`.
    """

    def __init__(self, flows, **kwargs):
        widths = sorted({flow.context_width for flow in flows} - {0})
        if len(widths) > 1:
            raise ValueError(
                "flows must read contexts of one width. "
                f"Received: context_width={', '.join(str(width) for width in widths)}"
            )
        super().__init__(**kwargs)
        self.flows = list(flows)
        self.context_width = widths[0] if widths else 0

    def build(self, input_shape):
        for flow in self.flows:
            if not flow.built:  # it is, when it comes from a configuration
                flow.build(input_shape)

    def call(self, z, context=None):
        return _chained(self.flows, z, context)

    def inverse(self, z, context=None):
        return _chained([flow.inverse for flow in reversed(self.flows)], z, context)

    def get_config(self):
        flows = [keras.saving.serialize_keras_object(flow) for flow in self.flows]
        return {**super().get_config(), "flows": flows}

    @classmethod
    def from_config(cls, config):
        flows = [keras.saving.deserialize_keras_object(flow) for flow in config.pop("flows")]
        return cls(flows, **config)


def _chained(maps, z, context):
    total = None
    for one in maps:
        z, log_det = one(z, context=context)
        total = log_det if total is None else total + log_det
    return FlowOutput(z, constant_log_det(z, 0.0) if total is None else total)
