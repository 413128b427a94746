"""The flow part of a model's configuration."""

import dataclasses

from hvae.errors import UserError
from hvae.settings import setting

_FLOW = "flow"
_NO_FLOWS = "Sylvester flows are not available yet."


@dataclasses.dataclass(frozen=True)
class FlowSettings:
    """Which flow acts on the posterior. Sylvester flows are refused until they exist."""

    flow_type: str = setting(
        "none",
        "normalizing flow on the posterior: iaf, NVAE's inverse autoregressive cells",
        group=_FLOW,
        choices=("none", "iaf"),
    )
    num_flows: tuple[int, ...] = setting(
        (0,),
        "flows in a block (iaf: pairs of cells, one per direction)",
        group=_FLOW,
        minimum=0,
        per_scale=True,
    )
    flow_in_ch: tuple[int, ...] = setting(
        (0,),
        "sylvester: channels of the flow's input h",
        group=_FLOW,
        unit="channels",
        minimum=0,
        per_scale=True,
        only=((0,), _NO_FLOWS),
    )
    num_ortho_vecs: tuple[int, ...] = setting(
        (8,),
        "sylvester: orthogonal vectors",
        group=_FLOW,
        minimum=1,
        per_scale=True,
        only=((8,), _NO_FLOWS),
    )
    spectral_norm: bool = setting(
        True, "conv_sylvester: spectral normalisation", group=_FLOW, only=(True, _NO_FLOWS)
    )
    convsylv_channels: tuple[int, ...] = setting(
        (128,),
        "conv_sylvester: channels of the convolutions",
        group=_FLOW,
        unit="channels",
        minimum=1,
        per_scale=True,
        only=((128,), _NO_FLOWS),
    )
    convsylv_flows_per_stage: tuple[int, ...] = setting(
        (1,),
        "conv_sylvester: steps (ActNorm, Sylvester, flip) before a split",
        group=_FLOW,
        minimum=1,
        per_scale=True,
        only=((1,), _NO_FLOWS),
    )
    convsylv_splitfirst: tuple[int, ...] = setting(
        (0,),
        "conv_sylvester: 1 splits the latent before the first step",
        group=_FLOW,
        choices=(0, 1),
        per_scale=True,
        only=((0,), _NO_FLOWS),
    )
    convsylv_stage_limit: tuple[int, ...] = setting(
        (3,),
        "conv_sylvester: most splits a scale may have; 0 for no limit",
        group=_FLOW,
        minimum=0,
        per_scale=True,
        only=((3,), _NO_FLOWS),
    )

    @staticmethod
    def check_flow(config):
        """Raises `UserError` if a flow is asked for without a number of flows, or the reverse."""
        asks, counts = config.flow_type != "none", any(config.num_flows)
        if asks != counts:
            raise UserError(
                f"num_flows: flow_type {config.flow_type} needs "
                f"{'at least 1' if asks else '0'}. "
                f"Received: {' '.join(str(count) for count in config.num_flows)}"
            )
        if len(config.num_flows) not in (1, len(config.scales)):
            raise UserError(
                f"num_flows: needs 1 value or {len(config.scales)}, one for each scale. "
                f"Received: {len(config.num_flows)} values"
            )
