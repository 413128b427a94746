"""Hyper-parameters of github.com/mgp123/nvae."""

from hvae.configuration.settings import from_dict, refuse_unknown
from hvae.errors import UserError
from hvae.families.nvae import NVAEConfig

# That codebase's defaults; the others must be given.
_DEFAULTS = {
    "num_blocks_prepost": 1,
    "num_cells_per_block_prepost": 2,
    "cells_per_split_enc": 2,
    "cells_per_input_dec": 1,
    "channel_multiplier": 2,
    "exponential_scaling": 1,
    "min_splits": 1,
    "fixed_flows": False,
    "sampling_method": "gaussian",
    "n_mix": 3,
}
_SAME_NAME = (
    "channel_towers",
    "number_of_scales",
    "initial_splits_per_scale",
    "latent_size",
    "num_blocks_prepost",
    "num_cells_per_block_prepost",
    "cells_per_split_enc",
    "cells_per_input_dec",
    "channel_multiplier",
    "exponential_scaling",
    "min_splits",
)
_LIKELIHOODS = ("gaussian", "gaussian_mixture", "logistic_mixture")


def mgp123_nvae_config(hparams):
    """The `NVAEConfig` of a model of that codebase.

    Args:
        hparams: the keys of its YAML files, without `training_parameters`.

    Raises:
        UserError: if one is missing or unknown, or has no counterpart here.
    """
    required = (*_SAME_NAME[:4], "input_dimension", "num_flows")
    refuse_unknown(hparams, {*required, *_DEFAULTS})
    missing = [name for name in required if name not in hparams]
    if missing:
        raise UserError(f"hparams: {missing[0]} is missing")
    given = {**_DEFAULTS, **hparams}
    if given["sampling_method"] not in _LIKELIHOODS:
        raise UserError(
            f"sampling_method: allowed are {', '.join(_LIKELIHOODS)}. "
            f"Received: {given['sampling_method']}"
        )
    size, has_flows = given["input_dimension"], bool(given["num_flows"])
    values = {name: given[name] for name in _SAME_NAME} | {
        "shifted_skips": False,
        "image_size": [size, size],
        "image_channels": 3,
        "levels": 256,
        "std_param": "soft_clamp",
        "flow_type": "iaf" if has_flows else "none",
        "num_flows": given["num_flows"],
        "fixed_flows": given["fixed_flows"] and has_flows,
        # There the KL is in closed form only where flows belong to the decoder.
        "analytical_kl": given["fixed_flows"],
        "likelihood": given["sampling_method"],
        "num_output_mixtures": given["n_mix"],
    }
    if given["sampling_method"] == "logistic_mixture":
        values["published_bins"] = "mgp123_nvae"
    else:
        values["mixture_scale"] = "soft_clamp"
    return from_dict(NVAEConfig, values)
