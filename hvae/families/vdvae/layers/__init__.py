"""Layers of VDVAE (Child 2021)."""
