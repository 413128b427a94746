"""The optimizer that a configuration names."""

from keras import optimizers


def get_optimizer(config):
    """A Keras optimizer with decoupled weight decay; the trainer sets its learning rate.

    Args:
        config: a `TrainingConfig`.
    """
    # None, not 0: Keras then leaves the decay out of the graph.
    shared = {"learning_rate": config.learning_rate, "weight_decay": config.weight_decay or None}
    if config.optimizer == "sgd":
        return optimizers.SGD(momentum=config.adam_beta1, **shared)
    # Keras's Adam with a weight decay is AdamW.
    adam = optimizers.Adamax if config.optimizer == "adamax" else optimizers.Adam
    return adam(beta_1=config.adam_beta1, beta_2=config.adam_beta2, **shared)
