"""Invertible maps of latents; those in `posterior` a configuration asks for by name."""
