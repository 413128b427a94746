"""Noise that the backend draws, within its programs."""

import keras


def draw_noise(shapes, seed):
    """Standard normal float32 tensors.

    Args:
        shapes: sequence of shapes.
        seed: an integer, or a `keras.random.SeedGenerator`, which moves on.
    """
    if isinstance(seed, int):  # itself, it would give equal shapes the same noise
        seed = keras.random.SeedGenerator(seed)
    return tuple(keras.random.normal(shape, dtype="float32", seed=seed) for shape in shapes)
