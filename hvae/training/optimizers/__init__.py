"""Optimizers of flat vectors."""

from hvae.training.optimizers.adamax import Adamax
from hvae.training.optimizers.adamw import AdamW
from hvae.training.optimizers.sgd import SGD


def get_optimizer(config):
    """The `FlatOptimizer` that a `TrainingConfig` names."""
    decay = {"weight_decay": config.weight_decay, "is_coupled": config.coupled_weight_decay}
    if config.optimizer == "sgd":
        return SGD(config.adam_beta1, **decay)
    adam = {"adamax": Adamax, "adamw": AdamW}[config.optimizer]
    return adam(config.adam_beta1, config.adam_beta2, config.adam_epsilon, **decay)
