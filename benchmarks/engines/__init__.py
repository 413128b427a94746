"""What can run a model: one engine a file, found by it."""

from benchmarks.engines.base import Engine
from hvae.registry.discovery import find_class, module_names


def engine_names():
    """Names of all engines: those that need Keras first."""
    return sorted(
        module_names(__path__), key=lambda name: (get_engine(name).keras_backend is None, name)
    )


def get_engine(name):
    """The `Engine` class of a name."""
    return find_class(__name__, name, Engine)
