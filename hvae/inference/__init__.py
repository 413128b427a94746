"""Using a model: arrays in, named results out.

latents/      images to latents and back, and latents as files
generation/   images from the prior
evaluation/   how good a model is: ELBO, importance weights, FID, SSIM
inspection/   what a model's latents hold, scale by scale and block by block
running/      a function of a model, compiled, applied batch by batch
methods       all of the first two as methods of `HVAE`
"""
