"""Hierarchical variational autoencoders in Keras 3.

    from hvae import HVAE, ModelConfig, load_model, save_model

Nothing here imports keras before it is needed, so that `KERAS_BACKEND` can be set first.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors: nothing is imported until it is used
    from hvae.config import ModelConfig
    from hvae.errors import UserError
    from hvae.families import register_family
    from hvae.flows.posterior import register_flow
    from hvae.likelihoods import register_likelihood
    from hvae.loading import load_model
    from hvae.model import HVAE
    from hvae.registry.plugins import load_plugin
    from hvae.saving import save_model

__version__ = "0.1.0.dev0"

_PUBLIC = {
    "HVAE": "hvae.model",
    "ModelConfig": "hvae.config",
    "UserError": "hvae.errors",
    "load_model": "hvae.loading",
    "load_plugin": "hvae.registry.plugins",
    "register_family": "hvae.families",
    "register_flow": "hvae.flows.posterior",
    "register_likelihood": "hvae.likelihoods",
    "save_model": "hvae.saving",
}

__all__ = [
    "HVAE",
    "ModelConfig",
    "UserError",
    "load_model",
    "load_plugin",
    "register_family",
    "register_flow",
    "register_likelihood",
    "save_model",
    "__version__",
]


def __getattr__(name):
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'hvae' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
