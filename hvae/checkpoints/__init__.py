"""Weights that other codebases have published, read into our models."""

from hvae.checkpoints.openai_vdvae import import_openai_vdvae

__all__ = ["import_openai_vdvae"]
