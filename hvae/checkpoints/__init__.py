"""Weights that other codebases have published, read into our models."""

from hvae.checkpoints.efficient_vdvae import import_efficient_vdvae
from hvae.checkpoints.openai_vdvae import import_openai_vdvae

__all__ = ["import_efficient_vdvae", "import_openai_vdvae"]
