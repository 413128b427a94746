"""This package under PyTorch."""

from benchmarks.training.engines._hvae import HVAEEngine


class TorchEngine(HVAEEngine):
    """The step operation by operation."""

    label = "ours, `--backend torch`"
    flags = ("--backend", "torch")
