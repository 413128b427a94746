"""The configuration of Efficient-VDVAE: lists with one value per level, under its names."""

import dataclasses
import functools
import math

from hvae.config import ModelConfig
from hvae.configuration.scale import Scale
from hvae.configuration.settings import setting
from hvae.errors import UserError

_GROUP = "efficient_vdvae"
_UP = "bottom-up, per level: "
_DOWN = "top-down, per level: "


@dataclasses.dataclass(frozen=True)
class EfficientVDVAEScale(Scale):
    """A level, with what its blocks need to know; `up_` and `down_` as in the settings."""

    stride: int  # of the pooling after it on the way up
    up_width: int  # of the encoder's state before that pooling
    up_num_blocks: int  # level blocks before the one that hands over the activation
    up_block: dict  # cells of a block: count, layers, middle ratio, kernel size
    down_block: dict


@dataclasses.dataclass(frozen=True)
class EfficientVDVAEConfig(ModelConfig):
    """Lists as in that codebase: up from the image, down from the top of the hierarchy."""

    model_family = "efficient_vdvae"

    input_conv_filters: int = setting(
        64, "channels after the first convolution", group=_GROUP, unit="channels", minimum=1
    )
    input_kernel_size: int = setting(1, "side of the first convolution", group=_GROUP, minimum=1)
    output_kernel_size: int = setting(1, "side of the last convolution", group=_GROUP, minimum=1)
    even_kernel_padding: str = setting(
        "mixed",
        "where convolutions with even kernels have their odd row and column of zeros: end, below "
        "and on the right (the published JAX code); mixed, so in a cell's first convolution and "
        "above and on the left in all others (the published PyTorch code)",
        group=_GROUP,
        choices=("mixed", "end"),
        since=1,
    )
    use_1x1_conv: bool = setting(True, "1x1 convolutions at both ends of a cell", group=_GROUP)
    stable_init: bool = setting(True, "residual cells start scaled by 1/sqrt(depth)", group=_GROUP)
    initialize_prior_weights_as_zero: bool = setting(
        False, "prior nets start as zero", group=_GROUP
    )
    up_strides: tuple[int, ...] = setting((2, 2, 1), _UP + "pooling", group=_GROUP, minimum=1)
    up_n_blocks_per_res: tuple[int, ...] = setting(
        (0, 0, 0), _UP + "further blocks before the connection", group=_GROUP, minimum=0
    )
    up_n_blocks: tuple[int, ...] = setting(
        (1, 1, 1), _UP + "residual cells of a block", group=_GROUP, minimum=1
    )
    up_n_layers: tuple[int, ...] = setting(
        (2, 2, 2), _UP + "middle convolutions of a cell", group=_GROUP, minimum=0
    )
    up_filters: tuple[int, ...] = setting(
        (64, 64, 64), _UP + "channels after the pooling", group=_GROUP, unit="channels", minimum=1
    )
    up_mid_filters_ratio: tuple[float, ...] = setting(
        (0.5, 0.5, 0.5), _UP + "inner channels of a cell by outer ones", group=_GROUP, above=0.0
    )
    up_kernel_size: tuple[int, ...] = setting(
        (3, 3, 3), _UP + "side of the middle convolutions", group=_GROUP, minimum=1
    )
    up_skip_filters: tuple[int, ...] = setting(
        (64, 64, 64), _UP + "channels of the activation", group=_GROUP, unit="channels", minimum=1
    )
    down_strides: tuple[int, ...] = setting((1, 2, 2), _DOWN + "unpooling", group=_GROUP, minimum=1)
    down_n_blocks_per_res: tuple[int, ...] = setting(
        (0, 0, 0), _DOWN + "further blocks after the connection", group=_GROUP, minimum=0
    )
    down_n_blocks: tuple[int, ...] = setting(
        (1, 1, 1), _DOWN + "residual cells of a block", group=_GROUP, minimum=1
    )
    down_n_layers: tuple[int, ...] = setting(
        (2, 2, 2), _DOWN + "middle convolutions of a cell", group=_GROUP, minimum=0
    )
    down_filters: tuple[int, ...] = setting(
        (64, 64, 64), _DOWN + "channels of the state", group=_GROUP, unit="channels", minimum=1
    )
    down_mid_filters_ratio: tuple[float, ...] = setting(
        (0.5, 0.5, 0.5), _DOWN + "inner channels of a cell by outer ones", group=_GROUP, above=0.0
    )
    down_kernel_size: tuple[int, ...] = setting(
        (3, 3, 3), _DOWN + "side of the middle convolutions", group=_GROUP, minimum=1
    )
    down_latent_variates: tuple[int, ...] = setting(
        (16, 16, 16), _DOWN + "channels of a latent", group=_GROUP, unit="channels", minimum=1
    )

    def check_family(self):
        count = len(self.up_strides)
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name.startswith(("up_", "down_")) and len(value) != count:
                raise UserError(
                    f"{field.name}: needs {count} values, as many as up_strides. "
                    f"Received: {len(value)}"
                )
        if self.down_strides != self.up_strides[::-1]:
            raise UserError(
                f"down_strides: must be up_strides from the end, {list(self.up_strides[::-1])}. "
                f"Received: {list(self.down_strides)}"
            )

    @property
    def padded_size(self):
        multiple = math.prod(self.up_strides)
        return self.padded_to(multiple)

    @functools.cached_property
    def scales(self):
        height, width = self.padded_size
        up_width = self.input_conv_filters
        scales = []
        for i, stride in enumerate(self.up_strides):
            j = -1 - i  # the level's place in the lists from the top down
            scales.append(
                EfficientVDVAEScale(
                    index=i,
                    height=height,
                    width=width,
                    state_width=self.down_filters[j],
                    activation_width=self.up_skip_filters[i],
                    z_width=self.down_latent_variates[j],
                    num_latents=1 + self.down_n_blocks_per_res[j],
                    stride=stride,
                    up_width=up_width,
                    up_num_blocks=self.up_n_blocks_per_res[i],
                    up_block=_block(self, "up", i),
                    down_block=_block(self, "down", j),
                )
            )
            height, width = height // stride, width // stride
            up_width = self.up_filters[i] if stride > 1 else up_width
        return tuple(scales)


def _block(config, direction, i):
    names = {
        "count": "n_blocks",
        "num_middle": "n_layers",
        "ratio": "mid_filters_ratio",
        "kernel_size": "kernel_size",
    }
    return {key: getattr(config, f"{direction}_{name}")[i] for key, name in names.items()}
