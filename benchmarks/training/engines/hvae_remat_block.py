"""This package, computing what the gradient needs of each block once more."""

from benchmarks.training.engines._hvae import HVAEEngine


class RematBlockEngine(HVAEEngine):
    """Less memory for more time."""

    label = "ours, `--remat block`"
    flags = ("--remat", "block")
