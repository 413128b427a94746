"""What several likelihoods must do."""

import numpy as np
from keras import ops

from tests.harness import gradient, gradient_function


def random_parameters(likelihood, shape, rng, scale=1.0):
    return (scale * rng.standard_normal((*shape, likelihood.num_parameters))).astype("float32")


def nll_of_levels(likelihood, pixel):
    """NLL of one grey pixel for every level, `(levels,)`; `pixel` holds its parameters."""
    images = np.arange(likelihood.levels).reshape(-1, 1, 1, 1)
    parameters = np.tile(np.asarray(pixel, "float32"), (likelihood.levels, 1, 1, 1))
    return ops.convert_to_numpy(likelihood.nll(parameters, images)).astype("float64")


def draw(likelihood, parameters, count, rng):
    """`count` samples of p(x | z) for parameters of one image."""
    shapes = likelihood.noise_shapes(count, *parameters.shape[1:3])
    uniforms = {k: rng.uniform(1e-6, 1 - 1e-6, v).astype("float32") for k, v in shapes.items()}
    many = np.repeat(parameters, count, axis=0)
    return ops.convert_to_numpy(likelihood.sample(many, uniforms))


def assert_same_up_to_noise(samples, mean, std=None):
    """Moments of samples lie within five standard errors of the given ones."""
    count = len(samples)
    # Of an event that never happened there is no spread to tell the error from.
    error = 5 * samples.std(axis=0) / count**0.5 + 5 / count
    assert (np.abs(samples.mean(axis=0) - mean) < error).all()
    if std is not None:
        squares = (samples - samples.mean(axis=0)) ** 2
        error = 5 * squares.std(axis=0) / count**0.5
        assert (np.abs(squares.mean(axis=0) - std**2) < error).all()


def assert_finite_for_every_input(likelihood, rng):
    """NLL, its gradient, mean and mode, for parameters of about any size."""
    images = rng.integers(0, likelihood.levels, (4, 4, 4, likelihood.channels))
    images[0], images[1] = 0, likelihood.levels - 1
    slope = gradient_function(lambda p: ops.sum(likelihood.nll(p, images)))
    for size in (1e-3, 1.0, 30.0, 1e3, 1e5):
        parameters = random_parameters(likelihood, (4, 4, 4), rng, scale=size)
        assert np.isfinite(ops.convert_to_numpy(likelihood.nll(parameters, images))).all(), size
        assert np.isfinite(slope(parameters)).all(), size
        for value in (likelihood.mean(parameters), likelihood.mode(parameters)):
            assert np.isfinite(ops.convert_to_numpy(value)).all(), size


def assert_gradient_agrees_with_differences(likelihood, numpy_nll, parameters, images):
    """Central differences of a float64 reference, which takes parameters and images."""
    slope = gradient(lambda p: ops.sum(likelihood.nll(p, images)), parameters)
    exact = parameters.astype("float64")
    expected = np.zeros_like(exact)
    for index in np.ndindex(exact.shape):
        step = np.zeros_like(exact)
        step[index] = 1e-6
        difference = numpy_nll(exact + step, images) - numpy_nll(exact - step, images)
        expected[index] = difference.sum() / 2e-6
    np.testing.assert_allclose(slope, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def assert_scales_to_unit_interval(likelihood):
    images = np.arange(likelihood.levels)
    scaled = ops.convert_to_numpy(likelihood.scale(images))
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, images / (likelihood.levels - 1), rtol=1e-6)
    for part_of_a_level in (-0.4, 0.0, 0.4):
        values = scaled + np.float32(part_of_a_level / (likelihood.levels - 1))
        back = ops.convert_to_numpy(likelihood.unscale(values))
        assert back.dtype == np.int32
        np.testing.assert_array_equal(back, images)
    beyond = ops.convert_to_numpy(likelihood.unscale(np.array([-0.7, 1.7], "float32")))
    assert beyond.tolist() == [0, likelihood.levels - 1]
