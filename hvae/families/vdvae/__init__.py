"""All that only VDVAE (Child 2021) has."""

from hvae.families.vdvae.config import VDVAEConfig

__all__ = ["VDVAEConfig"]
