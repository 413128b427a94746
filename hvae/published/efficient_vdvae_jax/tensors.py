"""Weights of github.com/Rayhane-mamah/Efficient-VDVAE (JAX)."""

import dataclasses

from hvae.config import ModelConfig
from hvae.errors import UserError
from hvae.published.base import Codebase, PublishedWeights
from hvae.published.efficient_vdvae.hyperparameters import efficient_vdvae_config
from hvae.published.efficient_vdvae.places import assign_places
from hvae.published.efficient_vdvae_jax.jax_params import JaxParams
from hvae.published.flax_file import flat_arrays, read_flax_file
from hvae.published.state_dict import build_from

_PARAMS = {"ema": "ema_params", "raw": "params"}


class RayhaneEfficientVDVAEInJAX(Codebase):
    """Weights of github.com/Rayhane-mamah/Efficient-VDVAE (JAX)."""

    FAMILY = "efficient_vdvae"

    def load(self, path):
        contents = read_flax_file(path)
        missing = [name for name in _PARAMS.values() if not isinstance(contents.get(name), dict)]
        if missing:
            raise UserError(f"{path} lacks {missing[0]}: it is no checkpoint of this codebase")
        return PublishedWeights(
            {kind: flat_arrays(contents[name]) for kind, name in _PARAMS.items()}
        )

    def read(self, state_dict, hparams):
        config = hparams if isinstance(hparams, ModelConfig) else efficient_vdvae_config(hparams)
        config = dataclasses.replace(config, even_kernel_padding="end")
        tensors = JaxParams(flat_arrays(state_dict), config)
        return build_from(tensors, config, assign_places)
