"""The flow part of a model's configuration."""

import dataclasses

from hvae.settings import setting

_FLOW = "flow"
_NO_FLOWS = "flows are not available yet."


@dataclasses.dataclass(frozen=True)
class FlowSettings:
    """Which flow acts on the posterior. Refused until flows exist."""

    flow_type: str = setting(
        "none",
        "normalizing flow on the posterior",
        group=_FLOW,
        choices=("none", "sylvester", "conv_sylvester"),
        only=("none", _NO_FLOWS),
    )
    num_flows: tuple[int, ...] = setting(
        (0,), "flows in a block", group=_FLOW, minimum=0, per_scale=True, only=((0,), _NO_FLOWS)
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
