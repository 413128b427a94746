"""Hyper-parameters of github.com/Rayhane-mamah/Efficient-VDVAE."""

import dataclasses

from hvae.configuration.settings import from_dict
from hvae.errors import UserError
from hvae.families.efficient_vdvae import EfficientVDVAEConfig

_STD_PARAM = {"std": "softplus", "logstd": "smooth_exp"}
# That codebase turns its floor on log-scales off with -250, which float32 cannot hold.
_LEAST_LOG_SCALE = -30.0


def efficient_vdvae_config(hparams):
    """The `EfficientVDVAEConfig` of a model of that codebase.

    Args:
        hparams: its hyper-parameters by section: `model`, `data`, `loss`.

    Raises:
        UserError: if one is missing, or has no counterpart here.
    """
    try:
        model, data = hparams["model"], hparams["data"]
        is_binary = data["dataset_source"] == "binarized_mnist"
        size = 28 if is_binary else data["target_res"]
        num_bits = int(data["num_bits"])
        values = {name: _side(name, model[name]) for name in same_names()}
        values |= {
            "image_size": [size, size],
            "image_channels": data["channels"],
            "levels": 2 if is_binary else 256,
            "num_bits": 0 if is_binary or num_bits == 8 else num_bits,
            "likelihood": "bernoulli" if is_binary else "dmol",
            "std_param": _STD_PARAM[model["distribution_base"]],
            "gradient_smoothing": model["gradient_smoothing_beta"],
            "use_residual_distribution": model["use_residual_distribution"],
        }
        if not is_binary:
            # Older files name neither: the mixture then follows the latents.
            base = model.get("output_distribution_base", model["distribution_base"])
            param = _STD_PARAM[base]
            smoothing = model.get(
                "output_gradient_smoothing_beta", model["gradient_smoothing_beta"]
            )
            # There the floor is that of the log-scale before it is multiplied by beta.
            floor = hparams["loss"]["min_mol_logscale"] * (smoothing if param != "softplus" else 1)
            values |= {
                "num_output_mixtures": model["num_output_mixtures"],
                "mixture_scale": param,
                "output_gradient_smoothing": smoothing,
                "min_log_scale": max(floor, _LEAST_LOG_SCALE),
                "published_bins": "efficient_vdvae",
            }
    except KeyError as error:
        raise UserError(f"hparams: {error.args[0]} is missing or unknown") from error
    config = from_dict(EfficientVDVAEConfig, values)
    padded = data["target_res"]
    if config.padded_size == (padded, padded):
        return config
    # MNIST is padded there even where its own side could be halved as often.
    return dataclasses.replace(config, min_padded_size=padded)


def same_names():
    """Names of that codebase's hyper-parameters that are the family's own fields."""
    fields = dataclasses.fields(EfficientVDVAEConfig)
    own = (f.name for f in fields if f.metadata["group"] == "efficient_vdvae")
    return [name for name in own if name != "even_kernel_padding"]


def _side(name, value):
    """Kernel sizes are pairs there; square ones become one number."""
    if name in ("input_kernel_size", "output_kernel_size") and not isinstance(value, int):
        if value[0] != value[1]:
            raise UserError(f"hparams: {name} must be square. Received: {value}")
        return value[0]
    return value
