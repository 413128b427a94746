"""This package under JAX."""

from benchmarks.training.engines._hvae import HVAEEngine


class JAXEngine(HVAEEngine):
    """The step as one program of XLA; a later start finds it in JAX's cache."""

    label = "ours, `--backend jax`"
    flags = ("--backend", "jax")
