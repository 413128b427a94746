"""This package, computing what the gradient needs of each stage once more."""

from benchmarks.training.engines._hvae import HVAEEngine


class RematStageEngine(HVAEEngine):
    """Less memory for more time."""

    label = "ours, `--remat stage`"
    flags = ("--remat", "stage")
