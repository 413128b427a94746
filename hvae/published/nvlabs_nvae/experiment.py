"""What a checkpoint of github.com/NVlabs/NVAE says of its training."""

from hvae.configuration.settings import to_dict
from hvae.published.nvlabs_nvae.hyperparameters import image_size, nvlabs_nvae_config

# Of the same images; others are a folder of images, brought to a size.
_DATASETS = {
    "mnist": "mnist",
    "cifar10": "cifar10",
    "celeba_64": "celeba64",
    "imagenet_32": "imagenet32",
    "imagenet_64": "imagenet64",
    "ffhq": "ffhq256",
}
_OF_IMAGES = ("image_size", "image_channels", "levels")


def nvlabs_nvae_experiment(hparams):
    """Flat values of our configuration.

    Args:
        hparams: that command line's names and values.

    Raises:
        UserError: as of `nvlabs_nvae_config`.
    """
    config = nvlabs_nvae_config(hparams)
    model = {name: value for name, value in to_dict(config).items() if name not in _OF_IMAGES}
    name = hparams["dataset"]
    dataset = _DATASETS.get(name, f"images{image_size(name)}")
    return {
        **model,
        "dataset": dataset,
        **({"binarize": "dynamic"} if dataset == "mnist" else {}),
        **_training(hparams, config.num_dims),
    }


def _training(given, num_dims):
    epochs = given.get("epochs", 200)
    processes = given.get("num_proc_node", 1) * given.get("num_process_per_node", 1)
    return {
        "optimizer": "adamax",
        # There the loss is in nats per image, here in nats per dimension: with it go all
        # numbers that stand beside its gradient.
        "adam_epsilon": 1e-3 / num_dims,
        "weight_decay": given.get("weight_decay", 3e-4) / num_dims,
        "coupled_weight_decay": True,
        "gradient_clipnorm": 0.0,
        "gradient_skipnorm": 0.0,
        "use_ema": False,
        "scheduler": "cosd",
        "learning_rate": given.get("learning_rate", 1e-2),
        "learning_rate_end": given.get("learning_rate_min", 1e-4),
        "lr_warmup_epochs": given.get("warmup_epochs", 5),
        "lr_warmup_from_zero": True,
        "regularization_constant": given.get("weight_decay_norm", 0.0),
        "beta_warmup_epochs": given.get("kl_anneal_portion", 0.3) * epochs,
        "kl_balancing": True,
        "batch_size": given.get("batch_size", 200) * processes,
        "epochs": epochs,
        "seed": given.get("seed", 1),
    }
