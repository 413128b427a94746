"""What other codebases have published, read into ours: one folder each, found by it.

    hyperparameters     theirs as a configuration of ours
    tensors             the place of every tensor of theirs in a model of ours
    *_file, *_strings   the formats of their configurations

Nothing here imports keras before weights are read.
"""

import importlib

from hvae.registry.discovery import package_names


def codebase_names():
    """Names of the codebases."""
    return package_names(__path__)


def get_importer(codebase):
    """A codebase's function from a state dict and hyper-parameters to an `HVAE`."""
    tensors = importlib.import_module(f"{__name__}.{codebase}.tensors")
    return getattr(tensors, f"import_{codebase}")
