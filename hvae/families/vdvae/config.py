"""The configuration of VDVAE: widths and blocks of every scale."""

import dataclasses
import functools
import math

from hvae.config import ModelConfig
from hvae.configuration.per_scale import check_per_scale, of_scale
from hvae.configuration.scale import Scale
from hvae.configuration.settings import setting
from hvae.errors import UserError
from hvae.families.vdvae.decoder_steps import check_steps, decoder_steps

GROUP_NORM_GROUPS = 8

ACTIVATIONS = (
    "elu",
    "gelu",
    "leaky_relu",
    "mish",
    "relu",
    "selu",
    "silu",
    "softplus",
    "swish",
    "tanh",
)

_GROUP = "vdvae"

# Kernel sizes for `increase_kernelsize`: up to which side each is used.
_KERNEL_SIZES = ((64, 3), (128, 5), (256, 7), (512, 11), (math.inf, 13))


@dataclasses.dataclass(frozen=True)
class VDVAEScale(Scale):
    """A scale with what VDVAE's blocks need to know of it."""

    enc_middle_width: int
    dec_middle_width: int
    enc_num_blocks: int
    enc_pool_blocks: int
    kernel_size: int
    has_learned_state: bool  # from which the decoder starts, or that it adds


@dataclasses.dataclass(frozen=True)
class VDVAEConfig(ModelConfig):
    """Widths and blocks of every scale; each scale has half the size of the one before."""

    model_family = "vdvae"

    num_scales: int = setting(
        0,
        "number of scales, each half the size of the one before; 0 goes down to a side of 1",
        group=_GROUP,
        minimum=0,
    )
    b_act: str = setting(
        "silu", "activation in the residual blocks", group=_GROUP, choices=ACTIVATIONS
    )
    p_act: str = setting(
        "silu",
        "activation after the convolution of a pooling layer",
        group=_GROUP,
        choices=ACTIVATIONS,
    )
    block_gn: bool = setting(
        False,
        f"group normalisation ({GROUP_NORM_GROUPS} groups) in the residual blocks",
        group=_GROUP,
    )
    depthwise: bool = setting(
        False,
        "5x5 depthwise convolutions instead of 3x3 ones in the decoder's blocks, as in NVAE",
        group=_GROUP,
    )
    init_zeros: bool = setting(
        False, "start the decoder from zeros instead of a learned state", group=_GROUP
    )
    increase_kernelsize: bool = setting(
        False, "larger kernels at scales above 64x64 (5, 7, 11, 13)", group=_GROUP
    )
    scale_join: str = setting(
        "unpool",
        "how scales join: unpool (1x1 convolution where the width changes, activation, nearest) or "
        "nearest_bias (nearest plus a learned bias per scale, as VDVAE)",
        group=_GROUP,
        choices=("unpool", "nearest_bias"),
    )
    no_bias_above: int = setting(
        64,
        "with nearest_bias: the largest scale that starts from a learned bias",
        group=_GROUP,
        unit="pixels",
        minimum=0,
    )
    stage_in_width: tuple[int, ...] = setting(
        (64,),
        "channels of the residual blocks' outer part (1x1 convolutions)",
        group=_GROUP,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    enc_middle_width: tuple[int, ...] = setting(
        (32,),
        "channels of the residual blocks' inner part (3x3 convolutions) in the encoder",
        group=_GROUP,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    dec_middle_width: tuple[int, ...] = setting(
        (32,),
        "channels of the residual blocks' inner part (3x3 convolutions) in the decoder",
        group=_GROUP,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    z_width: tuple[int, ...] = setting(
        (16,), "channels of a latent", group=_GROUP, unit="channels", minimum=1, per_scale=True
    )
    enc_num_blocks: tuple[int, ...] = setting(
        (3,), "blocks of the encoder", group=_GROUP, unit="blocks", minimum=0, per_scale=True
    )
    enc_pool_blocks: tuple[int, ...] = setting(
        (0,),
        "blocks of the encoder between the activation that the decoder reads and the pooling",
        group=_GROUP,
        unit="blocks",
        minimum=0,
        per_scale=True,
    )
    dec_num_blocks: tuple[int, ...] = setting(
        (3,),
        "blocks of the decoder, each with a latent",
        group=_GROUP,
        unit="blocks",
        minimum=0,
        per_scale=True,
    )
    dec_steps: str = setting(
        "",
        "blocks of the decoder in another order than from the smallest scale to the largest: 8x2, "
        "two at a height of 8; 8m4, one at 8 that first adds the state at 4; as many as "
        "dec_num_blocks, e.g. 1x1,4m1,8m4,16m4",
        group=_GROUP,
    )

    reconstruct_from: str = setting(
        "latents",
        "latents: the sum of all projected latents (DVP-VAE); "
        "state: the decoder's final state (VDVAE)",
        group=_GROUP,
        choices=("latents", "state"),
    )
    output_blocks: int = setting(
        3,
        "residual blocks applied to the sum of the latents",
        group=_GROUP,
        unit="blocks",
        minimum=0,
    )
    z_out_width: int = setting(
        64, "outer channels of these residual blocks", group=_GROUP, unit="channels", minimum=1
    )
    z_out_middle_width: int = setting(
        32, "inner channels of these residual blocks", group=_GROUP, unit="channels", minimum=1
    )

    def check_family(self):
        most = _most_scales(self)
        if self.num_scales > most:
            size = "x".join(str(side) for side in self.image_size)
            raise UserError(
                f"num_scales: images of {size} allow at most {most} scales. "
                f"Received: {self.num_scales}"
            )
        count = _num_scales(self)
        height = self.padded_size[0]
        check_per_scale(self, [height >> i for i in range(count)])
        if self.dec_num_blocks[-1] == 0:
            raise UserError(
                "dec_num_blocks: the smallest scale needs a block; "
                "num_scales ends the hierarchy earlier. "
                f"Received: {' '.join(str(n) for n in self.dec_num_blocks)}"
            )
        if self.block_gn:
            _check_groups(self)
        if self.dec_steps:
            check_steps(self)

    @property
    def padded_size(self):
        multiple = 2 ** (_num_scales(self) - 1)
        return self.padded_to(multiple)

    @functools.cached_property
    def scales(self):
        own = ("enc_middle_width", "dec_middle_width", "enc_num_blocks", "enc_pool_blocks")
        height, width = self.padded_size
        return tuple(
            VDVAEScale(
                index=i,
                height=height >> i,
                width=width >> i,
                state_width=of_scale(self.stage_in_width, i),
                activation_width=of_scale(self.stage_in_width, i),
                z_width=of_scale(self.z_width, i),
                num_latents=of_scale(self.dec_num_blocks, i),
                kernel_size=_kernel_size(self, min(height >> i, width >> i)),
                has_learned_state=_has_learned_state(self, i, max(height >> i, width >> i)),
                **{name: of_scale(getattr(self, name), i) for name in own},
            )
            for i in range(_num_scales(self))
        )

    @functools.cached_property
    def decoder_steps(self):
        return decoder_steps(self) if self.dec_steps else super().decoder_steps


def _num_scales(config):
    return config.num_scales or _most_scales(config)


def _most_scales(config):
    # Halvings of the shorter side until it is 1, after padding to a power of two.
    least = max(min(config.image_size), config.min_padded_size)
    return math.ceil(math.log2(least)) + 1


def _has_learned_state(config, index, side):
    is_smallest = index == _num_scales(config) - 1
    if is_smallest and config.init_zeros:
        return False
    if config.scale_join == "unpool":
        return is_smallest
    return of_scale(config.dec_num_blocks, index) > 0 and side <= config.no_bias_above


def _check_groups(config):
    names = ["stage_in_width", "enc_middle_width", "dec_middle_width"]
    widths = {name: getattr(config, name) for name in names}
    if config.reconstruct_from == "latents":
        widths["z_out_width"] = (config.z_out_width,)
        widths["z_out_middle_width"] = (config.z_out_middle_width,)
    for name, values in widths.items():
        for value in values:
            if value % GROUP_NORM_GROUPS:
                raise UserError(
                    f"{name}: with block_gn, must be divisible by {GROUP_NORM_GROUPS} groups. "
                    f"Received: {value}"
                )


def _kernel_size(config, side):
    if side < 3:
        return 1
    if not config.increase_kernelsize:
        return 3
    return next(kernel for largest, kernel in _KERNEL_SIZES if side <= largest)
