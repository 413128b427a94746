"""Invertible maps of latents, and which of them a configuration asks for."""


def get_flow(config, scale, dtype):
    """The `Flow` that `config.flow_type` names for a block of this `Scale`, or `None`."""
    from hvae.flows.inverse_autoregressive import InverseAutoregressiveFlow

    if config.flow_type == "none":
        return None
    num_flows = config.num_flows[scale.index if len(config.num_flows) > 1 else 0]
    if num_flows == 0:
        return None
    return InverseAutoregressiveFlow(scale.z_width, num_flows, dtype=dtype)
