"""Flows of the posterior, one file each: what `flow_type` can name."""

from hvae.configuration.per_scale import of_scale
from hvae.registry.registry import Registry

#: By the values of `flow_type`, but for `none`.
FLOWS = Registry("flow_type", __name__, "hvae.flows.base:Flow")

register_flow = FLOWS.register


def flow_types():
    """Values that `flow_type` may have."""
    return ("none", *FLOWS.names())


def get_flow(config, scale):
    """The `Flow` that `config.flow_type` names for a block of this `Scale`, or `None`."""
    if config.flow_type == "none" or of_scale(config.num_flows, scale.index) == 0:
        return None
    return FLOWS[config.flow_type].from_model_config(config, scale)
