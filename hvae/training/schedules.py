"""Learning rate, β and the like as functions of the number of updates."""

import math

from keras import optimizers


def learning_rate_schedule(config, updates_per_epoch):
    """Learning rate by update.

    Args:
        config: a `TrainingConfig`.
        updates_per_epoch: updates in one epoch.

    Returns:
        A function from the number of updates done to the learning rate (a number).
    """
    warmup = config.lr_warmup_epochs * updates_per_epoch
    first = 0 if config.lr_warmup_from_zero else 1
    decay_start = max(warmup, config.lr_decay_start * updates_per_epoch)
    peak, total = config.learning_rate, config.epochs * updates_per_epoch
    decay_length = config.lr_decay_epochs * updates_per_epoch or max(1.0, total - decay_start)

    def warm(update):
        return min(1.0, (update + first) / warmup) if warmup else 1.0

    def constant(update):
        return peak * warm(update)

    def exponential(update):
        return peak * 0.977 ** (update / updates_per_epoch)

    def cosine(update):
        progress = min(1.0, max(0.0, (update - decay_start) / decay_length))
        end = min(config.learning_rate_end, peak)
        return warm(update) * (end + 0.5 * (peak - end) * (1.0 + math.cos(math.pi * progress)))

    restarts = optimizers.schedules.CosineDecayRestarts(peak, 2 * updates_per_epoch, t_mul=2.0)

    def cosine_restarts(update):
        return float(restarts(update))

    return {"none": constant, "exp": exponential, "cosd": cosine, "cosdr": cosine_restarts}[
        config.scheduler
    ]


def regularization_schedule(config, updates_per_epoch):
    """Factor of the regularisation by update: geometric over the warm-up of β.

    Args:
        config: a `TrainingConfig`.
        updates_per_epoch: updates in one epoch.

    Returns:
        A function from the number of updates done to the factor.

    Reference:
        Vahdat & Kautz 2020 (NVAE), the published code.
    """
    start, end = config.regularization_start, config.regularization_constant
    share = _share_of_beta(config, updates_per_epoch)

    def factor(update):
        if not start or not config.beta_warmup_epochs:
            return end
        return start * (end / start) ** share(update)

    return factor


def beta_schedule(config, updates_per_epoch):
    """β of the KL by update.

    Args:
        config: a `TrainingConfig`.
        updates_per_epoch: updates in one epoch.

    Returns:
        A function from the number of updates done to β.

    Reference:
        Sønderby et al. 2016 (linear warm-up); Fu et al. 2019 (cycles).
    """
    share = _share_of_beta(config, updates_per_epoch)
    length = config.beta_warmup_epochs * updates_per_epoch
    start = config.beta_warmup_start * updates_per_epoch

    def linear(update):
        return max(config.beta_min, config.beta * share(update))

    def cyclic(update):
        cycle, position = divmod(max(0.0, update - start), length)
        if cycle >= config.number_cycles:
            return config.beta
        return max(config.beta_min, config.beta * min(1.0, 2.0 * position / length))

    return cyclic if config.cyclic_beta else linear


def _share_of_beta(config, updates_per_epoch):
    """How much of its linear warm-up β has done, 0 to 1, by update."""
    length = config.beta_warmup_epochs * updates_per_epoch
    start = config.beta_warmup_start * updates_per_epoch

    def share(update):
        return min(1.0, max(0.0, (update - start) / length)) if length else 1.0

    return share


def balance_schedule(config, updates_per_epoch):
    """Whether the KL of the blocks is balanced, by update.

    Args:
        config: a `TrainingConfig`: with `kl_balancing` while β is below its final value,
            otherwise in the first `gamma_max_steps` updates.
        updates_per_epoch: updates in one epoch.

    Returns:
        A function from the number of updates done to a bool.
    """
    beta = beta_schedule(config, updates_per_epoch)

    def until_warm(update):
        return beta(update) < config.beta

    def at_first(update):
        return update < config.gamma_max_steps

    return until_warm if config.kl_balancing else at_first
