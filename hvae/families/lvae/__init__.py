"""All that only Ladder VAE (Sønderby et al. 2016) has."""

from hvae.families.lvae.config import LVAEConfig

__all__ = ["LVAEConfig"]
