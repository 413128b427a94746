"""What can train a model: one engine a file, found by it."""

from benchmarks.training.engines.base import TrainingEngine
from hvae.registry.discovery import find_class, module_names


def engine_names():
    """Names of all engines."""
    return module_names(__path__)


def get_engine(name):
    """The `TrainingEngine` class of a name."""
    return find_class(__name__, name, TrainingEngine)
