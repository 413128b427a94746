"""This package in half precision."""

from benchmarks.training.engines.hvae_default import DefaultEngine


class BFloat16Engine(DefaultEngine):
    """bfloat16 where float32 is not needed."""

    label = "ours, `--dtype mixed_bfloat16`"
    flags = ("--dtype", "mixed_bfloat16")
