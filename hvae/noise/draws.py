"""Noise that is the same on every backend: from a generator, or belonging to an image."""

import numpy as np

# First word of the seeds: the two kinds of noise of an image are independent.
_LATENTS, _LIKELIHOOD = 0, 1

# Uniforms keep this distance from 0 and 1, where the samplers take logarithms.
_MARGIN = 1e-5


def draw_normal(shapes, rng):
    """Standard normal float32 arrays.

    Args:
        shapes: sequence of shapes.
        rng: a `numpy.random.Generator`.
    """
    return tuple(rng.standard_normal(shape, dtype=np.float32) for shape in shapes)


def draw_uniform(shapes, rng):
    """Uniform float32 arrays inside (0, 1).

    Args:
        shapes: dictionary of shapes.
        rng: a `numpy.random.Generator`.
    """
    return {
        name: rng.uniform(_MARGIN, 1.0 - _MARGIN, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


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
