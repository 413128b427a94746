"""Latent variables: their distributions and the block that draws them."""
