"""The configuration of NVAE, under the names of github.com/mgp123/nvae."""

import dataclasses
import functools

from hvae.config import ModelConfig
from hvae.configuration.scale import Scale
from hvae.configuration.settings import setting
from hvae.errors import UserError

_GROUP = "nvae"


@dataclasses.dataclass(frozen=True)
class NVAEScale(Scale):
    """One latent of NVAE and its place in the towers."""

    group: int  # 0 is the largest size
    split: int  # within the group, from the image


@dataclasses.dataclass(frozen=True)
class NVAEConfig(ModelConfig):
    """Towers of groups; each group has half the size and more channels than the one before."""

    model_family = "nvae"

    channel_towers: int = setting(
        32, "channels of the first convolution", group=_GROUP, unit="channels", minimum=1
    )
    channel_multiplier: int = setting(
        2, "factor on the channels where the size is halved", group=_GROUP, minimum=1
    )
    number_of_scales: int = setting(
        2, "groups of latents, each half the size of the one before", group=_GROUP, minimum=1
    )
    initial_splits_per_scale: int = setting(
        2, "latents of the group with the largest size", group=_GROUP, minimum=1
    )
    exponential_scaling: int = setting(
        1,
        "a group has the latents of the larger one divided by this",
        group=_GROUP,
        minimum=1,
    )
    min_splits: int = setting(1, "least number of latents in a group", group=_GROUP, minimum=1)
    latent_size: int = setting(20, "channels of a latent", group=_GROUP, unit="channels", minimum=1)
    num_blocks_prepost: int = setting(
        1,
        "halvings of the image before the towers, and doublings after",
        group=_GROUP,
        minimum=0,
    )
    num_cells_per_block_prepost: int = setting(
        2, "residual cells for each of these", group=_GROUP, unit="cells", minimum=1
    )
    cells_per_split_enc: int = setting(
        2,
        "residual cells of the encoder before a latent",
        group=_GROUP,
        unit="cells",
        minimum=1,
    )
    cells_per_input_dec: int = setting(
        1,
        "residual cells of the decoder after a latent",
        group=_GROUP,
        unit="cells",
        minimum=0,
    )
    decoder_channel_towers: int = setting(
        0,
        "channel_towers of the decoder; 0: as the encoder's",
        group=_GROUP,
        unit="channels",
        minimum=0,
        since=1,
    )
    num_postprocess_cells: int = setting(
        0,
        "residual cells for each doubling after the towers; 0: num_cells_per_block_prepost",
        group=_GROUP,
        unit="cells",
        minimum=0,
        since=1,
    )
    upsample_first: bool = setting(
        False,
        "of the cells after the towers, the first doubles the image (Vahdat & Kautz); off: the "
        "last (mgp123/nvae)",
        group=_GROUP,
        since=1,
    )
    se_ratio: int = setting(
        2,
        "squeeze and excitation: channels by those of its hidden layer (Vahdat & Kautz: 16); 0 for "
        "none",
        group=_GROUP,
        minimum=0,
        since=1,
    )
    se_min_channels: int = setting(
        1,
        "squeeze and excitation: least channels of its hidden layer (Vahdat & Kautz: 4)",
        group=_GROUP,
        unit="channels",
        minimum=1,
        since=1,
    )
    res_dist: bool = setting(
        True,
        "the posterior's raw parameters are added to the prior's (NVAE's residual normal "
        "distributions); off: the posterior stands alone",
        group=_GROUP,
        since=1,
    )
    fixed_flows: bool = setting(
        False,
        "with flow_type iaf, flows belong to the decoder and stay when sampling",
        group=_GROUP,
    )
    shifted_skips: bool = setting(
        True,
        "skips that halve the image read all four pixels (Vahdat & Kautz); off: one of them "
        "(mgp123/nvae)",
        group=_GROUP,
    )

    def check_family(self):
        if self.use_residual_distribution:
            raise UserError(
                "use_residual_distribution: nvae's posterior is a residual by its own res_dist; "
                "allowed: off. Received: on"
            )
        if self.channel_towers * self.channel_multiplier % 4:
            raise UserError(
                "channel_towers: times channel_multiplier, must be divisible by 4. "
                f"Received: {self.channel_towers} times {self.channel_multiplier}"
            )
        if self.fixed_flows and self.flow_type != "iaf":
            raise UserError(
                f"fixed_flows: needs flow_type iaf. Received: flow_type {self.flow_type}"
            )

    @property
    def padded_size(self):
        multiple = 2 ** (self.number_of_scales - 1 + self.num_blocks_prepost)
        return self.padded_to(multiple)

    @property
    def decoder_towers(self):
        """Channels of the decoder where the encoder has `channel_towers`."""
        return self.decoder_channel_towers or self.channel_towers

    @functools.cached_property
    def scales(self):
        height, width = self.padded_size
        splits, scales = self.initial_splits_per_scale, []
        for group in range(self.number_of_scales):
            level = self.num_blocks_prepost + group  # halvings of the image until here
            factor = self.channel_multiplier**level
            for split in range(splits):
                scales.append(
                    NVAEScale(
                        index=len(scales),
                        height=height >> level,
                        width=width >> level,
                        state_width=self.decoder_towers * factor,
                        activation_width=self.channel_towers * factor,
                        z_width=self.latent_size,
                        num_latents=1,
                        group=group,
                        split=split,
                    )
                )
            splits = max(self.min_splits, splits // self.exponential_scaling)
        return tuple(scales)
