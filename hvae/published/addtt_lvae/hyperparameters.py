"""Hyper-parameters of github.com/addtt/ladder-vae-pytorch."""

from hvae.configuration.settings import from_dict
from hvae.errors import UserError
from hvae.families.lvae import LVAEConfig

# Its log-scales have a floor with logistics only; this is as good as none.
_LEAST_LOG_SCALE = -30.0

_LIKELIHOODS = {
    "bernoulli": {"likelihood": "bernoulli", "levels": 2},
    "gaussian": {
        "likelihood": "gaussian",
        "mixture_scale": "smooth_exp",
        "output_gradient_smoothing": 0.5,
        "min_log_scale": _LEAST_LOG_SCALE,
    },
    "discr_log": {"likelihood": "discretized_logistic", "min_log_scale": -7.0},
    "discr_log_mix": {
        "likelihood": "dmol",
        "num_output_mixtures": 10,
        "mixture_scale": "exp",
        "min_log_scale": -7.0,
        # At 8 bits the two are the same.
        "published_bins": "openai_vdvae",
    },
}


def addtt_lvae_config(hparams):
    """The `LVAEConfig` of a model of that codebase.

    Args:
        hparams: the arguments of its model by name; those left out have its defaults.

    Raises:
        UserError: if one that it needs is missing, or has no counterpart here.
    """
    try:
        likelihood = hparams["likelihood_form"]
        if likelihood not in _LIKELIHOODS:
            allowed = ", ".join(_LIKELIHOODS)
            raise UserError(f"likelihood_form: allowed are {allowed}. Received: {likelihood}")
        zdims = hparams["z_dims"]
        values = {
            "image_size": hparams["img_shape"],
            "image_channels": hparams["color_ch"],
            "zdims": zdims,
            "downsample": hparams.get("downsample") or [0] * len(zdims),
            "residual_type": hparams["res_block_type"],
            # Without a name there are no merge layers, which only a single layer can do without.
            "merge_layers": hparams.get("merge_type") or "residual",
            "blocks_per_layer": hparams.get("blocks_per_layer", 2),
            "n_filters": hparams.get("n_filters", 32),
            "nonlin": hparams.get("nonlin", "elu"),
            "batch_norm": hparams.get("batchnorm", True),
            "gated": bool(hparams.get("gated")),
            "dropout": hparams.get("dropout") or 0.0,
            "skip": hparams.get("stochastic_skip", False),
            "learn_top_prior": hparams.get("learn_top_prior", False),
            "no_initial_downscaling": hparams.get("no_initial_downscaling", False),
            "analytical_kl": hparams.get("analytical_kl", False),
        }
    except KeyError as error:
        raise UserError(f"hparams: {error.args[0]} is missing") from error
    fixed = {
        # Half the logarithm of the variance.
        "std_param": "smooth_exp",
        "gradient_smoothing": 0.5,
        "levels": 256,
        "input_mean": 0.0,
        "input_std": 0.0 if likelihood == "bernoulli" else 255.0,
    }
    return from_dict(LVAEConfig, {**values, **fixed, **_LIKELIHOODS[likelihood]})
