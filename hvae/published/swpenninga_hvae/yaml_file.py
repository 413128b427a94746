"""Configuration files of github.com/swpenninga/hvae, as they are."""

import math

#: Its command line's defaults. A file there takes the place of all of them: it has every name.
DEFAULTS = {
    "backend": "tensorflow",
    "dataset": "mnist",
    "gpu": "0",
    "jit": True,
    "save": True,
    "save_dir": "out_folder/",
    "b_act": "silu",
    "p_act": "silu",
    "block_gn": False,
    "depthwise": False,
    "num_output_mixtures": 10,
    "init_zeros": False,
    "increase_kernelsize": False,
    "stage_in_width": [64],
    "enc_middle_width": [32],
    "dec_middle_width": [32],
    "z_width": [16],
    "enc_num_blocks": [3],
    "dec_num_blocks": [3],
    "output_blocks": 3,
    "z_out_width": 64,
    "z_out_middle_width": 32,
    "flow_type": "none",
    "num_flows": [0, 0, 2, 8, 12, 16],
    "flow_in_ch": [0, 0, 1, 2, 4, 64],
    "num_ortho_vecs": [0, 0, 8, 8, 8, 8],
    "spectral_norm": True,
    "convsylv_channels": [128],
    "convsylv_flows_per_stage": [1],
    "convsylv_splitfirst": [1, 1, 0, 0, 0, 0],
    "convsylv_stage_limit": [3],
    "use_depthwise_attention": False,
    "query_width": 20,
    "num_queries": 1,
    "batch_size": 32,
    "batch_size_div": 1,
    "cr_vae": False,
    "cr_lambda": 0.1,
    "cr_duplicate_noise": True,
    "epochs": 3000,
    "early_stopping": 3000,
    "learning_rate": 1e-3,
    "learning_rate_end": 1e-6,
    "lr_warmup_epochs": 1,
    "scheduler": "cosd",
    "optimizer": "adamax",
    "weight_decay": 1e-4,
    "use_ema": True,
    "gradient_smoothing": 0.69314718056,
    "gradient_clipnorm": 0,
    "gradient_skipnorm": 300,
    "beta": 1.0,
    "beta_warmup_epochs": 0,
    "cyclic_beta": False,
    "number_cycles": 3,
}

# MNIST's loss is in nats an image there, that of the others in bits a dimension: by such factors
# a norm of its gradient becomes one of nats a dimension.
_MNIST_PIXELS = 28 * 28
_GRADIENT_NORMS = ("gradient_clipnorm", "gradient_skipnorm")

# Keras's, beside gradients in its unit.
_EPSILON = 1e-7
# It skips by norm from its fourth epoch on.
_EPOCHS_WITHOUT_SKIPPING = 3.0

# Its floor on log-scales is -250, and its softplus there the identity.
_LEAST_LOG_SCALE = -30.0


def is_hvae_yaml(values):
    """Whether names and values of a YAML file are those of that codebase.

    Its files have every name of its command line, and `model_family` is none of them.
    """
    return DEFAULTS.keys() <= values.keys() and "model_family" not in values


def read_hvae_yaml(values):
    """Values of our configuration, and what is said of them.

    Args:
        values: names and values of the file; names that are only ours stay as they are.

    Returns:
        Flat names and values, and a list of lines.
    """
    is_mnist = values["dataset"] == "mnist"
    unit = 1.0 / _MNIST_PIXELS if is_mnist else math.log(2.0)
    implied = {
        "likelihood": "bernoulli" if is_mnist else "dmol",
        "mixture_scale": "exp",
        "min_log_scale": _LEAST_LOG_SCALE,
        "ema_decay": 0.99 if values["optimizer"] == "adamax" else 0.9999,
        "ema_ramp": False,
        "gradient_skip_start": _EPOCHS_WITHOUT_SKIPPING,
        "adam_epsilon": _EPSILON * unit,
    }
    if not is_mnist:
        implied["published_bins"] = "openai_vdvae"
    # Its `True` is Keras's "auto".
    converted = {"jit": "auto"} if values["jit"] is True else {}
    for name in _GRADIENT_NORMS:
        norm = values[name]
        converted[name] = norm * unit if isinstance(norm, (int, float)) else norm
    return {**implied, **values, **converted}, [_said(values, converted)]


def _said(values, converted):
    """What is the same with another number, and where we differ."""
    there = "an image's nats" if values["dataset"] == "mnist" else "bits/dim"
    norms = ", ".join(
        f"{name} {values[name]:g} of {there} there is {converted[name]:g} of nats/dim"
        for name in _GRADIENT_NORMS
        if isinstance(values[name], (int, float)) and values[name]
    )
    differences = [
        "validation images come from the training split (there half of the test split)",
        "learning_rate_end is a rate (there a share of learning_rate)",
        "weights start uniform by fan-in (there Glorot)",
    ]
    if values["flow_type"] != "none":
        differences.append("flows read a convolution of state and activation (there the net of q)")
    if values["use_depthwise_attention"]:
        differences.append("the prior's attention flows on (there it does not)")
    if values["block_gn"]:
        differences.append("groups are 8 (there of 8 channels)")
    return f"read as swpenninga/hvae: {norms + '; ' if norms else ''}here {', '.join(differences)}"
