"""This package through XLA."""

from benchmarks.training.engines._hvae import HVAEEngine


class XLAEngine(HVAEEngine):
    """The step compiled."""

    label = "ours, `--jit`"
    flags = ("--jit",)
