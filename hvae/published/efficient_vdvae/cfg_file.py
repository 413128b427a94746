"""Configuration files of Efficient-VDVAE, as they are."""

import configparser
import math

from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.published.efficient_vdvae.expressions import evaluate_text
from hvae.published.efficient_vdvae.hyperparameters import efficient_vdvae_config, same_names

_DATASETS = {"binarized_mnist": "mnist", "cifar-10": "cifar10", "svhn": "svhn", "images": "images"}
_OPTIMIZERS = {"Adamax": "adamax", "Adam": "adamw"}
_SCHEDULERS = {"cosine": "cosd", "constant": "none"}


def read_efficient_vdvae_cfg(path, num_train):
    """Values of our configuration, and what of the file has no counterpart here.

    Args:
        path: a `.cfg` file with the sections `run`, `data`, `model`, `loss`,
            `optimizer` and `train`; others are not used.
        num_train: number of training images by name of a data set of ours; 0 if not known.

    Returns:
        Flat names and values, and a list of `section.key` that were not used.

    Raises:
        UserError: if the file cannot be read, or asks for what there is not.
    """
    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=("#",))
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (configparser.Error, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path} is no .cfg file of Efficient-VDVAE ({reason})") from error
    sections = {
        section: {
            key: evaluate_text(f"{path}: {section}.{key}", text) for key, text in keys.items()
        }
        for section, keys in parser.items()
        if section != "DEFAULT"
    }
    used = _UsedSections(path, sections)
    model = to_dict(efficient_vdvae_config(used.all("model", "data", "loss")))
    values = {**model, **_dataset(used, num_train), **_training(used, num_train)}
    name = used.get("run", "name")
    if name is not None:
        values["name"] = str(name)
    # What the data set decides is left to it.
    for name in ("image_size", "image_channels", "levels"):
        del values[name]
    return values, used.unused()


class _UsedSections:
    """The file's values; keeps account of which were asked for."""

    #: Keys of `model`, `data` and `loss` that become fields of the model.
    _of_model = {
        "model": {
            *same_names(),
            "distribution_base",
            "output_distribution_base",
            "gradient_smoothing_beta",
            "output_gradient_smoothing_beta",
            "use_residual_distribution",
            "num_output_mixtures",
        },
        "data": {"dataset_source", "target_res", "channels", "num_bits"},
        "loss": {"min_mol_logscale"},
    }

    def __init__(self, path, sections):
        self._path = path
        self._sections = sections
        self._used = {(s, key) for s, keys in self._of_model.items() for key in keys}

    def all(self, *names):
        """Whole sections, for `efficient_vdvae_config`."""
        for name in names:
            if name not in self._sections:
                raise UserError(f"{self._path}: section [{name}] is missing")
        return {name: dict(self._sections[name]) for name in names}

    def get(self, section, key, default=None):
        """A value; from now on it counts as used."""
        self._used.add((section, key))
        return self._sections.get(section, {}).get(key, default)

    def unused(self):
        """Names of the others."""
        return [
            f"{section}.{key}"
            for section, keys in self._sections.items()
            for key in keys
            if (section, key) not in self._used
        ]


def _dataset(used, num_train):
    source, size = used.get("data", "dataset_source"), used.get("data", "target_res")
    name = _DATASETS.get(source, f"{str(source).lower()}{size}")
    if str(source).lower() == "imagenet":
        name += "_box"  # it reads the set that a box filter has made smaller
    if name not in num_train:
        raise UserError(
            f"data.dataset_source: there is no data set {name} here. Received: {source}"
        )
    values = {"dataset": name}
    if used.get("data", "random_horizontal_flip") is not None:
        values["horizontal_flip"] = bool(used.get("data", "random_horizontal_flip"))
    return {**values, **({"binarize": "dynamic"} if name == "mnist" else {})}


def _training(used, num_train):
    batch_size = used.get("train", "batch_size", 32)
    name = _dataset(used, num_train)["dataset"]
    if not num_train[name]:
        raise UserError(
            f"data.dataset_source: how many images {name} has is not known, so that steps cannot "
            f"become epochs. Received: {used.get('data', 'dataset_source')}"
        )
    per_epoch = max(1, num_train[name] // batch_size)
    optimizer = used.get("optimizer", "type", "Adamax")
    scheme = used.get("optimizer", "learning_rate_scheme", "cosine")
    for key, value, allowed in (
        ("type", optimizer, _OPTIMIZERS),
        ("learning_rate_scheme", scheme, _SCHEDULERS),
    ):
        if value not in allowed:
            raise UserError(f"optimizer.{key}: allowed are {', '.join(allowed)}. Received: {value}")
    clips = used.get("optimizer", "clip_gradient_norm", False)
    clip_norm = used.get("optimizer", "gradient_clip_norm_value", 0.0)
    skips = used.get("optimizer", "gradient_skip", False)
    skip_norm = used.get("optimizer", "gradient_skip_threshold", 0.0)
    decays = used.get("loss", "use_weight_decay", False)
    decay = used.get("loss", "l2_weight", 0.0)
    is_linear = used.get("loss", "variation_schedule", "None") == "Linear"
    anneal_start = used.get("loss", "vae_beta_anneal_start", 0)
    # There the steps before its start are counted too.
    anneal_steps = anneal_start + used.get("loss", "vae_beta_anneal_steps", 0)
    beta_min = used.get("loss", "vae_beta_min", 0.0)
    balances = used.get("loss", "use_gamma_schedule", False)
    balance_steps = used.get("loss", "gamma_max_steps", 0)
    if balances and not balance_steps:
        raise UserError("loss.gamma_max_steps: use_gamma_schedule needs it. Received: none")
    return {
        "batch_size": batch_size,
        "epochs": math.ceil(used.get("train", "total_train_steps", 1) / per_epoch),
        "ema_decay": used.get("train", "ema_decay", 0.9999),
        "seed": used.get("run", "seed", 0),
        "optimizer": _OPTIMIZERS[optimizer],
        "scheduler": _SCHEDULERS[scheme],
        "learning_rate": used.get("optimizer", "learning_rate", 1e-3),
        "learning_rate_end": used.get("optimizer", "min_learning_rate", 0.0),
        "lr_warmup_epochs": used.get("optimizer", "warmup_steps", 0) / per_epoch,
        "lr_warmup_from_zero": True,
        "lr_decay_start": used.get("optimizer", "decay_start", 0) / per_epoch,
        "lr_decay_epochs": used.get("optimizer", "decay_steps", 0) / per_epoch,
        "adam_beta1": used.get("optimizer", "beta1", 0.9),
        "adam_beta2": used.get("optimizer", "beta2", 0.999),
        "adam_epsilon": used.get("optimizer", "epsilon", 1e-8),
        "ema_ramp": False,
        "gradient_clipnorm": clip_norm if clips else 0.0,
        "gradient_skipnorm": skip_norm if skips else 0.0,
        "gradient_skip_start": 0.0,
        "weight_decay": decay if decays else 0.0,
        "beta_warmup_start": anneal_start / per_epoch if is_linear else 0.0,
        "beta_warmup_epochs": anneal_steps / per_epoch if is_linear else 0.0,
        "beta_min": beta_min if is_linear else 0.0,
        "gamma_max_steps": balance_steps if balances else 0,
        "scaled_gamma": used.get("loss", "scaled_gamma", True),
    }
