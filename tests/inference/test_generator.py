import numpy as np
import pytest

from hvae.inference.generator import Generator
from hvae.inference.reconstructor import Reconstructor
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


def test_temperature_zero_and_a_mode_leave_nothing_to_chance(model):
    generate = Generator(model, output="mode")
    images = generate(4, temperature=0.0)
    assert (images == images[:1]).all()
    assert (generate(4, temperature=1.0) != images).any()


def test_a_trained_likelihood_reconstructs(model):
    """The three outputs differ, and each repeats with its seed."""
    images = random_images(model.config, 3)
    results = [Reconstructor(model, output)(images) for output in ("mean", "mode", "sample")]
    for output in results:
        assert output.shape == images.shape
    assert (results[0] != results[2]).any()
    np.testing.assert_array_equal(results[2], Reconstructor(model, "sample")(images))
