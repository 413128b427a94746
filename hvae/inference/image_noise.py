"""Noise that belongs to an image, whichever batch it is in."""

import numpy as np

from hvae.inference.noise import draw_normal, draw_uniform

# First word of the seeds: the two kinds of noise of an image are independent.
_LATENTS, _LIKELIHOOD = 0, 1


def latent_noise(model, numbers, seed):
    """Standard normal noise of images, the same on every backend and for every batch size.

    Args:
        model: an `HVAE`, or an `OpenVINOModel`.
        numbers: which images, e.g. `range(100, 200)`.
        seed: seed of all of them.

    Returns:
        Per block float32 `(images, height, width, z_width)`, smallest scale first.
    """
    shapes = model.noise_shapes(1)
    draws = [draw_normal(shapes, np.random.default_rng((_LATENTS, seed, n))) for n in numbers]
    return tuple(np.concatenate(block) for block in zip(*draws))


def likelihood_noise(model, numbers, seed):
    """Uniforms from which images are sampled, `model.uniform_shapes`; else the same."""
    shapes = model.uniform_shapes(1)
    draws = [draw_uniform(shapes, np.random.default_rng((_LIKELIHOOD, seed, n))) for n in numbers]
    return {name: np.concatenate([draw[name] for draw in draws]) for name in shapes}
