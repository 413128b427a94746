"""Hyper-parameters of github.com/NVlabs/NVAE: the `args` of its checkpoints."""

from hvae.configuration.settings import from_dict
from hvae.errors import UserError
from hvae.families.nvae import NVAEConfig

# Checkpoints from before these existed lack them.
_DEFAULTS = {
    "ada_groups": False,
    "min_groups_per_scale": 1,
    "num_mixture_dec": 10,
    "num_x_bits": 8,
    "arch_instance": "res_mbconv",
}
_BINARY = ("mnist", "omniglot")
_SIZES = {**dict.fromkeys(_BINARY, 28), "cifar10": 32, "ffhq": 256}
_WITH_SIZE = ("celeba", "imagenet", "lsun")  # in their names, celeba_64
_PADDED_BINARY = 32


def nvlabs_nvae_config(hparams):
    """The `NVAEConfig` of a model of that codebase.

    Args:
        hparams: its command line's names and values; those of training are not read.

    Raises:
        UserError: if one is missing, or has no counterpart here.
    """
    given = {**_DEFAULTS, **hparams}
    try:
        return from_dict(NVAEConfig, _values(given))
    except KeyError as error:
        raise UserError(f"args: {error.args[0]} is missing") from error


def image_size(dataset):
    """Side of the images of a data set of that codebase, pixels.

    Raises:
        UserError: if its code has none of this name.
    """
    family, _, size = dataset.rpartition("_")
    if dataset in _SIZES:
        return _SIZES[dataset]
    if family.startswith(_WITH_SIZE) and size.isdecimal():
        return int(size)
    raise UserError(
        f"args: dataset: allowed are {', '.join(_SIZES)}, and celeba_*, imagenet_* and lsun_* with "
        f"a size. Received: {dataset}"
    )


def _values(given):
    is_binary = given["dataset"] in _BINARY
    _check(given, is_binary)
    size, has_flows = image_size(given["dataset"]), bool(given["num_nf"])
    values = {
        "image_size": [size, size],
        "image_channels": 1 if is_binary else 3,
        "levels": 2 if is_binary else 256,
        "min_padded_size": _PADDED_BINARY if is_binary else 0,
        "channel_towers": given["num_channels_enc"],
        "decoder_channel_towers": given["num_channels_dec"],
        "channel_multiplier": 2,
        "number_of_scales": given["num_latent_scales"],
        "initial_splits_per_scale": given["num_groups_per_scale"],
        "exponential_scaling": 2 if given["ada_groups"] else 1,
        "min_splits": given["min_groups_per_scale"] if given["ada_groups"] else 1,
        "latent_size": given["num_latent_per_group"],
        "num_blocks_prepost": given["num_preprocess_blocks"],
        "num_cells_per_block_prepost": given["num_preprocess_cells"],
        "num_postprocess_cells": given["num_postprocess_cells"],
        "cells_per_split_enc": given["num_cell_per_cond_enc"],
        "cells_per_input_dec": given["num_cell_per_cond_dec"],
        "upsample_first": True,
        "shifted_skips": True,
        "se_ratio": 16 if given["use_se"] else 0,
        "se_min_channels": 4,
        "res_dist": given["res_dist"],
        "std_param": "soft_clamp_tempered",
        "flow_type": "iaf" if has_flows else "none",
        "num_flows": given["num_nf"],
        "iaf_row_start": "left",
        "analytical_kl": not has_flows,
    }
    if is_binary:
        # The encoder reads 2x − 1.
        return values | {"likelihood": "bernoulli", "input_mean": 0.5, "input_std": 0.5}
    num_bits = given["num_x_bits"]
    return values | {
        "likelihood": "dmol",
        "num_output_mixtures": given["num_mixture_dec"],
        "mixture_scale": "exp",
        "min_log_scale": -7.0,
        "published_bins": "nvlabs_nvae",
        "num_bits": 0 if num_bits == 8 else num_bits,
    }


def _check(given, is_binary):
    """Raises `UserError` for what there is no counterpart of."""
    pre, post = given["num_preprocess_blocks"], given["num_postprocess_blocks"]
    for name, is_right, allowed in (
        ("arch_instance", given["arch_instance"] == "res_mbconv", "res_mbconv"),
        # With one it has a Gaussian density there, which is no likelihood of pixels.
        ("num_mixture_dec", is_binary or given["num_mixture_dec"] > 1, "2 and more"),
        ("num_x_bits", given["num_x_bits"] in range(1, 9), "1 to 8"),
        ("num_postprocess_blocks", pre == post, f"{pre}, as num_preprocess_blocks"),
        (
            "num_groups_per_scale",
            (given["num_latent_scales"], given["num_groups_per_scale"]) != (1, 1),
            "2 and more with num_latent_scales 1",
        ),
    ):
        if not is_right:
            raise UserError(f"args: {name}: allowed are {allowed}. Received: {given[name]}")
