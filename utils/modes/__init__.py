"""What `load_model.py` does with a run: one mode a file, found by it."""

from hvae.registry.registry import Registry

#: By the values of MODE.
MODES = Registry("mode", __name__, "utils.modes.base:Mode")
