"""The configuration of LVAE: lists with one value per layer, under its names."""

import dataclasses
import functools

from hvae.config import ModelConfig
from hvae.configuration.scale import Scale
from hvae.configuration.settings import setting
from hvae.errors import UserError

_GROUP = "lvae"


@dataclasses.dataclass(frozen=True)
class LVAEScale(Scale):
    """A layer of the hierarchy: its latent's place."""

    downsample: int  # halvings between the layer below (the image's side) and this one


@dataclasses.dataclass(frozen=True)
class LVAEConfig(ModelConfig):
    """Lists run from the bottom, next to the image, to the top of the hierarchy."""

    model_family = "lvae"

    zdims: tuple[int, ...] = setting(
        (32, 32, 32),
        "channels of a latent, per layer from the image's side",
        group=_GROUP,
        unit="channels",
        minimum=1,
    )
    downsample: tuple[int, ...] = setting(
        (1, 1, 1),
        "halvings of the size before each latent, per layer from the image's side",
        group=_GROUP,
        minimum=0,
    )
    no_initial_downscaling: bool = setting(
        False, "keep the image's size in the first convolution, not half of it", group=_GROUP
    )
    n_filters: int = setting(
        64,
        "channels everywhere but in the latents",
        group=_GROUP,
        unit="channels",
        minimum=1,
    )
    blocks_per_layer: int = setting(
        2,
        "residual blocks of a layer, on the way up and on the way down",
        group=_GROUP,
        unit="blocks",
        minimum=0,
    )
    residual_type: str = setting(
        "bacdbacd",
        "order of the parts of a residual block: activation, batch normalisation, "
        "convolution, dropout",
        group=_GROUP,
        choices=("bacdbac", "bacdbacd", "cabdcabd"),
    )
    nonlin: str = setting(
        "elu",
        "activation in the residual blocks",
        group=_GROUP,
        choices=("elu", "leakyrelu", "relu", "selu"),
    )
    batch_norm: bool = setting(True, "batch normalisation in the residual blocks", group=_GROUP)
    gated: bool = setting(False, "gates at the end of the residual blocks", group=_GROUP)
    dropout: float = setting(
        0.2,
        "share of the channels dropped in the residual blocks while training",
        group=_GROUP,
        minimum=0.0,
    )
    merge_layers: str = setting(
        "residual",
        "how the encoder's activation joins the decoder's state for the posterior: linear "
        "(1x1 convolution) or residual (a gated residual block after it)",
        group=_GROUP,
        choices=("linear", "residual"),
    )
    skip: bool = setting(False, "connections around the latents on the way down", group=_GROUP)
    learn_top_prior: bool = setting(
        False, "learn the top latent's prior; off: a standard normal", group=_GROUP
    )

    def check_family(self):
        if len(self.downsample) != len(self.zdims):
            raise UserError(
                f"downsample: needs {len(self.zdims)} values, as many as zdims. "
                f"Received: {len(self.downsample)}"
            )
        if max(self.downsample) > self.blocks_per_layer:
            raise UserError(
                f"downsample: must be at most blocks_per_layer, {self.blocks_per_layer}. "
                f"Received: {list(self.downsample)}"
            )
        if self.dropout >= 1.0:
            raise UserError(f"dropout: must be less than 1. Received: {self.dropout}")

    @property
    def padded_size(self):
        multiple = 2 ** (sum(self.downsample) + (not self.no_initial_downscaling))
        return self.padded_to(multiple)

    @functools.cached_property
    def scales(self):
        height, width = self.padded_size
        if not self.no_initial_downscaling:
            height, width = height // 2, width // 2
        scales = []
        for i, (z_width, downsample) in enumerate(zip(self.zdims, self.downsample)):
            height, width = height >> downsample, width >> downsample
            scales.append(
                LVAEScale(
                    index=i,
                    height=height,
                    width=width,
                    state_width=self.n_filters,
                    activation_width=self.n_filters,
                    z_width=z_width,
                    num_latents=1,
                    downsample=downsample,
                )
            )
        return tuple(scales)
