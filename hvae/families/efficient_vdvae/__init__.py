"""All that only Efficient-VDVAE (Hazami et al. 2022) has."""

from hvae.families.efficient_vdvae.config import EfficientVDVAEConfig

__all__ = ["EfficientVDVAEConfig"]
