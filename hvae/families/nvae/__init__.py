"""All that only NVAE (Vahdat & Kautz 2020) has."""

from hvae.families.nvae.config import NVAEConfig

__all__ = ["NVAEConfig"]
