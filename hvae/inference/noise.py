"""Noise that is the same on every backend."""

import numpy as np

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
