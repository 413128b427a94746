"""What the temperature of samples of p(x|z) means, for every likelihood."""

import numpy as np
import pytest
from keras import ops

from hvae.likelihoods import LIKELIHOODS, get_likelihood
from tests.conftest import tiny_config
from tests.likelihoods.checks import assert_same_up_to_noise, random_parameters

MIXTURES = ("dmol", "gaussian_mixture", "logistic_mixture")


def make(name):
    return get_likelihood(tiny_config(likelihood=name, levels=2 if name == "bernoulli" else 256))


def sample(likelihood, parameters, temperature, seed=0, count=None):
    """Samples of one image's parameters, or of a batch's."""
    if count:
        parameters = np.repeat(parameters, count, axis=0)
    rng = np.random.default_rng(seed)
    shapes = likelihood.noise_shapes(*parameters.shape[:3])
    uniforms = {k: rng.uniform(1e-5, 1 - 1e-5, v).astype("float32") for k, v in shapes.items()}
    return ops.convert_to_numpy(likelihood.sample(parameters, uniforms, temperature))


def pixel_of_mixture(name, logits, means, log_scales):
    """Parameters of one grey pixel, `(1, 1, 1, num_parameters)`."""
    if name != "logistic_mixture":  # their scales are softplus(log(2) x) / log(2)
        log_scales = np.log2(2.0 ** np.exp(log_scales) - 1.0)
    return np.array([*logits, *means, *log_scales], "float32").reshape(1, 1, 1, -1)


@pytest.mark.parametrize("name", LIKELIHOODS.names())
def test_at_one_it_changes_nothing_and_at_zero_nothing_is_left_to_chance(name, rng):
    likelihood = make(name)
    parameters = random_parameters(likelihood, (3, 4, 4), rng)
    shapes = likelihood.noise_shapes(3, 4, 4)
    uniforms = {k: rng.uniform(0.01, 0.99, v).astype("float32") for k, v in shapes.items()}
    plain = ops.convert_to_numpy(likelihood.sample(parameters, uniforms))
    np.testing.assert_array_equal(
        plain, ops.convert_to_numpy(likelihood.sample(parameters, uniforms, 1.0))
    )
    first, other = (sample(likelihood, parameters, 0.0, seed) for seed in (1, 2))
    np.testing.assert_array_equal(first, other)
    if name not in MIXTURES:
        np.testing.assert_array_equal(first, ops.convert_to_numpy(likelihood.mode(parameters)))
    assert (sample(likelihood, parameters, 1.0, 1) != sample(likelihood, parameters, 1.0, 2)).any()


@pytest.mark.parametrize("name", MIXTURES)
def test_at_zero_a_mixture_gives_the_centre_of_its_heaviest_component(name):
    """Not the highest peak, which the narrower component has."""
    likelihood = make(name)
    parameters = pixel_of_mixture(name, [0.5, 0.0], [0.25, 0.75], [-2.0, -6.0])
    drawn = sample(likelihood, parameters, 0.0)
    expected = 0.25 if name != "logistic_mixture" else 0.625
    np.testing.assert_allclose(drawn.squeeze(), expected, rtol=1e-5)
    assert abs(ops.convert_to_numpy(likelihood.mode(parameters)).squeeze() - expected) > 0.2


@pytest.mark.parametrize("name", MIXTURES)
def test_a_mixture_divides_its_logits_and_multiplies_its_scales(name):
    likelihood, temperature = make(name), 0.5
    narrow, apart = [-7.0, -7.0], [-0.5, 0.5]
    drawn = sample(
        likelihood, pixel_of_mixture(name, [0.6, 0.0], apart, narrow), temperature, count=20000
    )
    middle = 0.5 if name == "logistic_mixture" else 0.0
    assert_same_up_to_noise(drawn < middle, 1 / (1 + np.exp(-0.6 / temperature)))
    wide = sample(
        likelihood,
        pixel_of_mixture(name, [0, 0], [0.0, 0.0], [-4.0, -4.0]),
        temperature,
        count=20000,
    )
    unit = {"gaussian_mixture": 1.0, "dmol": np.pi / 3**0.5, "logistic_mixture": np.pi / 12**0.5}
    assert_same_up_to_noise(wide, middle, temperature * np.exp(-4.0) * unit[name])


def test_binary_pixels_divide_their_logits():
    parameters = np.full((1, 1, 1, 1), 0.7, "float32")
    drawn = sample(make("bernoulli"), parameters, 0.25, count=20000)
    assert_same_up_to_noise(drawn, 1 / (1 + np.exp(-0.7 / 0.25)))


@pytest.mark.parametrize(("name", "unit"), [("gaussian", 1.0), ("discretized_logistic", 1.8138)])
def test_single_components_multiply_their_scales(name, unit):
    likelihood = make(name)
    scale = -3.0 if name == "discretized_logistic" else np.log2(2.0 ** np.exp(-4.0) - 1.0)
    mean = 0.0 if name == "discretized_logistic" else 0.5
    parameters = np.array([mean, scale], "float32").reshape(1, 1, 1, 2)
    drawn = sample(likelihood, parameters, 0.5, count=20000)
    # Rounding down to 256 levels adds little to a spread of four.
    assert abs(drawn.std() / (0.5 * np.exp(-4.0) * unit) - 1) < 0.03


@pytest.mark.parametrize("name", LIKELIHOODS.names())
def test_every_image_may_have_its_own(name, rng):
    likelihood = make(name)
    parameters = random_parameters(likelihood, (3, 4, 4), rng)
    temperatures = np.array([0.0, 0.5, 1.0], "float32")
    together = sample(likelihood, parameters, temperatures.reshape(3, 1, 1, 1))
    for i, temperature in enumerate(temperatures):
        np.testing.assert_allclose(
            together[i], sample(likelihood, parameters, float(temperature))[i], rtol=1e-5
        )
