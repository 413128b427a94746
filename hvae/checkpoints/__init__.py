"""Weights that other codebases have published, read into our models."""

from hvae.checkpoints.addtt_lvae import import_addtt_lvae
from hvae.checkpoints.efficient_vdvae import import_efficient_vdvae
from hvae.checkpoints.mgp123_nvae import import_mgp123_nvae
from hvae.checkpoints.openai_vdvae import import_openai_vdvae

__all__ = [
    "import_addtt_lvae",
    "import_efficient_vdvae",
    "import_mgp123_nvae",
    "import_openai_vdvae",
]
