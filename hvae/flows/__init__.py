"""Invertible maps of latents, and which of them a configuration asks for."""

from hvae.configuration.per_scale import of_scale


def get_flow(config, scale):
    """The `Flow` that `config.flow_type` names for a block of this `Scale`, or `None`."""
    if config.flow_type == "none" or of_scale(config.num_flows, scale.index) == 0:
        return None
    return _FLOWS[config.flow_type](config, scale)


def _inverse_autoregressive(config, scale):
    from hvae.flows.inverse_autoregressive import InverseAutoregressiveFlow

    num_flows = of_scale(config.num_flows, scale.index)
    return InverseAutoregressiveFlow(scale.z_width, num_flows)


def _orthogonal_sylvester(config, scale):
    from hvae.flows.orthogonal_sylvester import OrthogonalSylvesterFlow

    return OrthogonalSylvesterFlow(
        num_flows=of_scale(config.num_flows, scale.index),
        num_ortho_vecs=of_scale(config.num_ortho_vecs, scale.index),
        context_width=of_scale(config.flow_in_ch, scale.index),
    )


def _convolutional_sylvester(config, scale):
    from hvae.flows.convolutional_sylvester import ConvolutionalSylvesterFlow

    return ConvolutionalSylvesterFlow(
        scale.size,
        scale.z_width,
        hidden_channels=of_scale(config.convsylv_channels, scale.index),
        steps_per_stage=of_scale(config.convsylv_flows_per_stage, scale.index),
        split_first=bool(of_scale(config.convsylv_splitfirst, scale.index)),
        stage_limit=of_scale(config.convsylv_stage_limit, scale.index),
        spectral_norm=config.spectral_norm,
    )


#: Function (config, scale) → `Flow` of each `flow_type`.
_FLOWS = {
    "iaf": _inverse_autoregressive,
    "sylvester": _orthogonal_sylvester,
    "conv_sylvester": _convolutional_sylvester,
}
