"""Hyper-parameters of github.com/openai/vdvae."""

from hvae.configuration.settings import from_dict
from hvae.errors import UserError
from hvae.families.vdvae import VDVAEConfig
from hvae.published.openai_vdvae.block_strings import expand_block_strings

# Mean and standard deviation with which each data set's images enter the encoder there,
# and the number of bits of the likelihood, 0 for all.
_DATA = {
    "cifar10": (120.63838, 64.16736, 0),
    "imagenet32": (116.2373, 69.37404, 0),
    "imagenet64": (115.92961967, 69.37404, 0),
    "ffhq_256": (112.8666757481, 69.84780273, 5),
    "ffhq_1024": (0.4387 * 255, 0.2743 * 255, 0),
}


def openai_vdvae_config(hparams):
    """The `VDVAEConfig` of a model of that codebase.

    Args:
        hparams: its hyper-parameters by name: `width`, `zdim`, `enc_blocks`,
            `dec_blocks`, `custom_width_str`, `bottleneck_multiple`, `no_bias_above`,
            `num_mixtures`, `dataset`, `image_size`, `image_channels`.

    Raises:
        UserError: if one is missing, or the data set is none of that codebase's.
    """
    try:
        width, size = hparams["width"], hparams["image_size"]
        if hparams["dataset"] not in _DATA:
            allowed = ", ".join(_DATA)
            raise UserError(f"dataset: allowed are {allowed}. Received: {hparams['dataset']}")
        mean, std, num_bits = _DATA[hparams["dataset"]]
        multiple = hparams["bottleneck_multiple"]
        values = {
            "image_size": [size, size],
            "image_channels": hparams["image_channels"],
            "levels": 256,
            "num_bits": num_bits,
            "input_mean": mean,
            "input_std": std,
            "stage_in_width": width,
            "enc_middle_width": width,
            "dec_middle_width": width,
            "z_width": hparams["zdim"],
            "enc_blocks": hparams["enc_blocks"],
            "dec_blocks": hparams["dec_blocks"],
            "custom_width_str": hparams.get("custom_width_str") or "",
            "no_bias_above": hparams["no_bias_above"],
            "num_output_mixtures": hparams["num_mixtures"],
        }
    except KeyError as error:
        raise UserError(f"hparams: {error.args[0]} is missing") from error
    fixed = {
        "b_act": "gelu",
        "scale_join": "nearest_bias",
        "std_param": "exp",
        "reconstruct_from": "state",
        "likelihood": "dmol",
        "mixture_scale": "exp",
        "min_log_scale": -7.0,
        "published_bins": "openai_vdvae",
    }
    values = expand_block_strings({**values, **fixed})
    widths = values["stage_in_width"]
    middle_widths = [int(w * multiple) for w in (widths if isinstance(widths, list) else [widths])]
    values |= {"enc_middle_width": middle_widths, "dec_middle_width": middle_widths}
    return from_dict(VDVAEConfig, values)
