import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.generation.generator import Generator
from hvae.inference.latents.reconstructor import Reconstructor
from hvae.model import HVAE
from tests.conftest import random_images, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config()), scale=0.3)


def test_images_are_integers_of_the_right_size_and_repeat_with_the_seed(model):
    generate = Generator(model)
    first, again, other = (generate(6, seed=seed) for seed in (0, 0, 1))
    assert first.shape == (6, 8, 8, 1) and first.dtype == np.uint8 and first.max() <= 16
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_an_image_depends_on_its_number_alone(model):
    images = Generator(model)(10)
    assert len(np.unique(images, axis=0)) == 10
    np.testing.assert_array_equal(Generator(model, batch_size=3)(7), images[:7])
    chosen = list(Generator(model, batch_size=2).stream([8, 2, 5]))
    np.testing.assert_array_equal(chosen, images[[8, 2, 5]])


def test_temperature_zero_and_a_mean_are_the_same_for_every_seed(model):
    generate = Generator(model, output="mean")
    images = generate(4, temperature=0.0)
    assert (images == images[:1]).all()
    np.testing.assert_array_equal(generate(4, temperature=0.0, seed=7), images)
    assert (generate(4, temperature=1.0) != images).any()


def test_every_block_may_have_its_own_temperature(model):
    generate = Generator(model, output="mean")
    np.testing.assert_array_equal(generate(6, [0.7, 0.7]), generate(6, 0.7))
    top, bottom = generate(6, [1.0, 0.0]), generate(6, [0.0, 1.0])
    assert (top != bottom).any() and (top != generate(6, 1.0)).any()
    # The smallest scale comes first: by itself it moves all images as wholes.
    noise = [np.asarray(n) for n in model.draw_noise(1, seed=0)]
    expected = model.top_down(noise, temperature=[1.0, 0.0]).latents
    assert expected[0].z.shape[1] < expected[1].z.shape[1]


def test_the_output_has_a_temperature_of_its_own(model):
    generate = Generator(model)
    cold = [generate(4, 0.0, seed, output_temperature=0.0) for seed in (0, 1)]
    np.testing.assert_array_equal(*cold)
    assert (cold[0] == cold[0][:1]).all()
    warm = generate(4, 0.0, output_temperature=1.0)
    np.testing.assert_array_equal(warm, generate(4, 0.0))
    assert (warm != cold[0]).any()


@pytest.mark.parametrize(
    ("temperature", "message"),
    [
        ([0.5, 0.6, 0.7], "one for each of the 2. Received: 3"),
        (-0.1, "must be 0 to 1000. Received: -0.1"),
        ([1.0, float("nan")], "must be 0 to 1000. Received: 1 nan"),
    ],
)
def test_wrong_temperatures_are_refused(model, temperature, message):
    with pytest.raises(UserError, match=message):
        Generator(model)(1, temperature)


def test_a_trained_likelihood_reconstructs(model):
    """The three outputs differ, and each repeats with its seed."""
    images = random_images(model.config, 3)
    outputs = ("mean", "mode", "sample")
    results = [Reconstructor(model, output)(images).images for output in outputs]
    for output in results:
        assert output.shape == images.shape
    assert (results[0] != results[2]).any()
    np.testing.assert_array_equal(results[2], Reconstructor(model, "sample")(images).images)
