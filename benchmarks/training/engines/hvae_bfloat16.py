"""This package in half precision."""

from benchmarks.training.engines._hvae import HVAEEngine


class BFloat16Engine(HVAEEngine):
    """bfloat16 where float32 is not needed."""

    label = "ours, `--dtype mixed_bfloat16`"
    flags = ("--dtype", "mixed_bfloat16")
