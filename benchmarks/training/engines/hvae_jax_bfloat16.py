"""This package under JAX in half precision."""

from benchmarks.training.engines._hvae import HVAEEngine


class JAXBFloat16Engine(HVAEEngine):
    """bfloat16 where float32 is not needed."""

    label = "ours, `--backend jax --dtype mixed_bfloat16`"
    flags = ("--backend", "jax", "--dtype", "mixed_bfloat16")
