"""How unusual images are, by what only their lower latents explain."""
