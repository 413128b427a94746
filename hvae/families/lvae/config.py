"""The configuration of LVAE: lists with one value per layer, under its names."""

import dataclasses

from hvae.configuration.scale import Scale
from hvae.configuration.settings import setting
from hvae.errors import UserError
from hvae.families.settings import FamilySettings

_GROUP = "model"


@dataclasses.dataclass(frozen=True)
class LVAEScale(Scale):
    """A layer of the hierarchy: its latent's place."""

    downsample: int  # halvings between the layer below (the image's side) and this one


@dataclasses.dataclass(frozen=True)
class LVAESettings(FamilySettings):
    """Lists run from the bottom, next to the image, to the top of the hierarchy."""

    zdims: tuple[int, ...] = setting(
        (32, 32, 32),
        "lvae: channels of a latent, per layer from the image's side",
        group=_GROUP,
        unit="channels",
        minimum=1,
    )
    downsample: tuple[int, ...] = setting(
        (1, 1, 1),
        "lvae: halvings of the size before each latent, per layer from the image's side",
        group=_GROUP,
        minimum=0,
    )
    no_initial_downscaling: bool = setting(
        False, "lvae: keep the image's size in the first convolution, not half of it", group=_GROUP
    )
    n_filters: int = setting(
        64,
        "lvae: channels everywhere but in the latents",
        group=_GROUP,
        unit="channels",
        minimum=1,
    )
    blocks_per_layer: int = setting(
        2,
        "lvae: residual blocks of a layer, on the way up and on the way down",
        group=_GROUP,
        unit="blocks",
        minimum=0,
    )
    residual_type: str = setting(
        "bacdbacd",
        "lvae: order of the parts of a residual block: activation, batch normalisation, "
        "convolution, dropout",
        group=_GROUP,
        choices=("bacdbac", "bacdbacd", "cabdcabd"),
    )
    nonlin: str = setting(
        "elu",
        "lvae: activation in the residual blocks",
        group=_GROUP,
        choices=("elu", "leakyrelu", "relu", "selu"),
    )
    batch_norm: bool = setting(
        True, "lvae: batch normalisation in the residual blocks", group=_GROUP
    )
    gated: bool = setting(False, "lvae: gates at the end of the residual blocks", group=_GROUP)
    dropout: float = setting(
        0.2,
        "lvae: share of the channels dropped in the residual blocks while training",
        group=_GROUP,
        minimum=0.0,
    )
    merge_layers: str = setting(
        "residual",
        "lvae: how the encoder's activation joins the decoder's state for the posterior: linear "
        "(1x1 convolution) or residual (a gated residual block after it)",
        group=_GROUP,
        choices=("linear", "residual"),
    )
    skip: bool = setting(
        False, "lvae: connections around the latents on the way down", group=_GROUP
    )
    learn_top_prior: bool = setting(
        False, "lvae: learn the top latent's prior; off: a standard normal", group=_GROUP
    )

    @staticmethod
    def check(config):
        if len(config.downsample) != len(config.zdims):
            raise UserError(
                f"downsample: needs {len(config.zdims)} values, as many as zdims. "
                f"Received: {len(config.downsample)}"
            )
        if max(config.downsample) > config.blocks_per_layer:
            raise UserError(
                f"downsample: must be at most blocks_per_layer, {config.blocks_per_layer}. "
                f"Received: {list(config.downsample)}"
            )
        if config.dropout >= 1.0:
            raise UserError(f"dropout: must be less than 1. Received: {config.dropout}")

    @staticmethod
    def padded_size(config):
        multiple = 2 ** (sum(config.downsample) + (not config.no_initial_downscaling))
        return tuple(-(-side // multiple) * multiple for side in config.image_size)

    @staticmethod
    def scales(config):
        height, width = LVAESettings.padded_size(config)
        if not config.no_initial_downscaling:
            height, width = height // 2, width // 2
        scales = []
        for i, (z_width, downsample) in enumerate(zip(config.zdims, config.downsample)):
            height, width = height >> downsample, width >> downsample
            scales.append(
                LVAEScale(
                    index=i,
                    height=height,
                    width=width,
                    state_width=config.n_filters,
                    activation_width=config.n_filters,
                    z_width=z_width,
                    num_latents=1,
                    downsample=downsample,
                )
            )
        return tuple(scales)
