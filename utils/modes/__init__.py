"""What `load_model.py` does with a run: one mode a file, found by it."""

from hvae.registry.discovery import find_class, module_names
from utils.modes.base import Mode


def modes():
    """A `Mode` by name, for every file."""
    return {name: find_class(__name__, name, Mode)() for name in module_names(__path__)}
