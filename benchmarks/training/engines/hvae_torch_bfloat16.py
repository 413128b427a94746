"""This package under PyTorch in half precision."""

from benchmarks.training.engines._hvae import HVAEEngine


class TorchBFloat16Engine(HVAEEngine):
    """bfloat16 where float32 is not needed."""

    label = "ours, `--backend torch --dtype mixed_bfloat16`"
    flags = ("--backend", "torch", "--dtype", "mixed_bfloat16")
