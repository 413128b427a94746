"""The flow part of a model's configuration."""

import dataclasses

from hvae.configuration.per_scale import check_per_scale, of_scale
from hvae.configuration.settings import setting
from hvae.errors import UserError
from hvae.flows.posterior import flow_types

_FLOW = "flow"


@dataclasses.dataclass(frozen=True)
class FlowSettings:
    """Which flow acts on the posterior."""

    flow_type: str = setting(
        "none",
        "normalizing flow on the posterior: iaf, NVAE's inverse autoregressive cells; sylvester, "
        "orthogonal Sylvester steps over the whole latent; conv_sylvester, generalised Sylvester "
        "steps of convolutions",
        group=_FLOW,
        choices=flow_types,
    )
    num_flows: tuple[int, ...] = setting(
        (0,),
        "flows in a block (iaf: pairs of cells, one per direction; sylvester: steps; "
        "conv_sylvester: 0 for none at a scale, else one)",
        group=_FLOW,
        minimum=0,
        per_scale=True,
    )
    iaf_row_start: str = setting(
        "right",
        "iaf: side at which the order of a row's pixels starts in the first cell of a pair: left "
        "(Vahdat & Kautz) or right (mgp123/nvae)",
        group=_FLOW,
        choices=("left", "right"),
        since=1,
    )
    flow_in_ch: tuple[int, ...] = setting(
        (0,),
        "sylvester: channels of the flow's input h",
        group=_FLOW,
        unit="channels",
        minimum=0,
        per_scale=True,
    )
    num_ortho_vecs: tuple[int, ...] = setting(
        (8,),
        "sylvester: orthogonal vectors",
        group=_FLOW,
        minimum=0,
        per_scale=True,
    )
    spectral_norm: bool = setting(
        True,
        "conv_sylvester: spectral normalisation of the masked convolutions; the exponential's "
        "kernel always has it",
        group=_FLOW,
    )
    convsylv_channels: tuple[int, ...] = setting(
        (128,),
        "conv_sylvester: channels of the convolutions",
        group=_FLOW,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    convsylv_flows_per_stage: tuple[int, ...] = setting(
        (1,),
        "conv_sylvester: steps (ActNorm, Sylvester, flip) before a split",
        group=_FLOW,
        minimum=1,
        per_scale=True,
    )
    convsylv_splitfirst: tuple[int, ...] = setting(
        (0,),
        "conv_sylvester: 1 splits the latent before the first stage",
        group=_FLOW,
        choices=(0, 1),
        per_scale=True,
    )
    convsylv_stage_limit: tuple[int, ...] = setting(
        (3,),
        "conv_sylvester: most stages, each of which ends in a split, at a scale; 0 for no limit",
        group=_FLOW,
        minimum=0,
        per_scale=True,
    )

    def check_flow(self) -> None:
        """Raises `UserError` if the flow's settings do not fit each other, or the scales."""
        asks, counts = self.flow_type != "none", any(self.num_flows)
        if asks != counts:
            raise UserError(
                f"num_flows: flow_type {self.flow_type} needs "
                f"{'at least 1' if asks else '0'}. "
                f"Received: {' '.join(str(count) for count in self.num_flows)}"
            )
        check_per_scale(self, [scale.height for scale in self.scales])
        if self.flow_type == "sylvester":
            for name in ("flow_in_ch", "num_ortho_vecs"):
                self._check_where_flows_are(name)

    def _check_where_flows_are(self, name):
        values = getattr(self, name)
        for scale in self.scales:
            if of_scale(self.num_flows, scale.index) and not of_scale(values, scale.index):
                raise UserError(
                    f"{name}: sylvester needs at least 1 at every scale with flows. "
                    f"Received: {' '.join(str(value) for value in values)}"
                )
