"""This package, as it is without flags."""

from benchmarks.training.engines._hvae import HVAEEngine


class DefaultEngine(HVAEEngine):
    """What a user gets who types the configuration's name only."""

    label = "ours, default flags"
