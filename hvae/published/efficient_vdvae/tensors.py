"""Weights of github.com/Rayhane-mamah/Efficient-VDVAE (PyTorch)."""

from hvae.config import ModelConfig
from hvae.published.base import Codebase
from hvae.published.efficient_vdvae.hyperparameters import efficient_vdvae_config
from hvae.published.efficient_vdvae.places import assign_places
from hvae.published.state_dict import build_from


class RayhaneEfficientVDVAE(Codebase):
    """Weights of github.com/Rayhane-mamah/Efficient-VDVAE (PyTorch)."""

    FAMILY = "efficient_vdvae"

    def read(self, state_dict, hparams):
        config = hparams if isinstance(hparams, ModelConfig) else efficient_vdvae_config(hparams)
        return build_from(state_dict, config, assign_places)
