"""Layers of Ladder VAE (Sønderby et al. 2016)."""
