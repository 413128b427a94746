"""Configuration files of github.com/mgp123/nvae, as they are."""

from hvae.configuration.settings import refuse_unknown, to_dict
from hvae.published.mgp123_nvae.hyperparameters import mgp123_nvae_config

# That codebase's defaults, where ours differ.
_TRAINING = {
    "learning_rate": 1e-2,
    "regularization_constant": 5e-2,
    "kl_constant": 1.0,
    "warmup_epochs": 30,
    "batch_size": 20,
    "epochs": 100,
    "gradient_clipping": None,
    "half_precision": False,
}
_WITHOUT_COUNTERPART = (
    "write_reconstruction",
    "images_per_checkpoint",
    "epochs_per_checkpoint",
    "use_tensor_checkpoints",
)


def read_nvae_yaml(path, values):
    """Values of our configuration, and what of the file has no counterpart here.

    Args:
        path: the file, for messages.
        values: its keys and values.

    Returns:
        Flat names and values, and a list of keys that were not used.

    Raises:
        UserError: if the file asks for what there is not.
    """
    hparams = {name: value for name, value in values.items() if name != "training_parameters"}
    config = mgp123_nvae_config(hparams)
    training = values.get("training_parameters") or {}
    refuse_unknown(training, {*_TRAINING, *_WITHOUT_COUNTERPART})
    model = to_dict(config)
    unused = [f"training_parameters.{name}" for name in _WITHOUT_COUNTERPART if name in training]
    values = {
        **model,
        "dataset": "images",  # that codebase reads a folder of images, brought to a size
        **_training_values({**_TRAINING, **training}, config.num_dims),
    }
    return values, unused


def _training_values(given, num_dims):
    # The cosine starts an epoch after the warm-up of beta, if ever.
    decay_start = given["warmup_epochs"] + 1
    decay_epochs = max(0, given["epochs"] - decay_start)
    return {
        "optimizer": "adamax",
        # There the loss is in nats per image, here in nats per dimension: with it go all
        # numbers that stand beside its gradient.
        "adam_epsilon": 1e-3 / num_dims,
        "weight_decay": 3e-4 / num_dims,
        "coupled_weight_decay": True,
        "gradient_clipnorm": (given["gradient_clipping"] or 0.0) / num_dims,
        "gradient_skipnorm": 0.0,
        "use_ema": False,
        "scheduler": "cosd" if decay_epochs else "none",
        "learning_rate": given["learning_rate"],
        "learning_rate_end": 1e-5,
        "lr_warmup_epochs": 0,
        "lr_decay_start": decay_start,
        "lr_decay_epochs": decay_epochs,
        "regularization_constant": given["regularization_constant"],
        "beta": given["kl_constant"],
        "beta_warmup_epochs": given["warmup_epochs"],
        "kl_balancing": given["warmup_epochs"] > 0,
        "batch_size": given["batch_size"],
        "epochs": given["epochs"],
        "dtype": "mixed_bfloat16" if given["half_precision"] else "float32",
    }
