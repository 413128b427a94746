"""This package under PyTorch, compiled."""

from benchmarks.training.engines._hvae import HVAEEngine


class TorchCompileEngine(HVAEEngine):
    """The gradient through `torch.compile`; a later start finds its programs in PyTorch's cache."""

    label = "ours, `--backend torch --jit`"
    flags = ("--backend", "torch", "--jit")
