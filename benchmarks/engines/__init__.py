"""What can run a model: one engine a file, found by it."""

from hvae.registry.registry import Registry

#: By the values of `engines`.
ENGINES = Registry("engines", __name__, "benchmarks.engines.base:Engine")


def engine_names():
    """Names of all engines: those that need Keras first."""
    return sorted(ENGINES.names(), key=lambda name: (ENGINES[name].keras_backend is None, name))
