"""What a model's latents hold, scale by scale and block by block."""
