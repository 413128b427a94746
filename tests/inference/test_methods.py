"""A model's own methods: arrays in, arrays out."""

import numpy as np
import pytest

from hvae.model import HVAE
from tests.conftest import random_images, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config()), scale=0.3)


def test_decoded_latents_are_the_reconstruction(model):
    images = random_images(model.config, 3)
    reconstruction = model.reconstruct(images, seed=2)
    np.testing.assert_array_equal(model.decode(model.encode(images, seed=2)), reconstruction.images)
    assert reconstruction.images.dtype == np.uint8 and reconstruction.nll.shape == (3,)
    alone = model.reconstruct(images[2:], seed=2, numbers=[2])
    np.testing.assert_allclose(alone.nll, reconstruction.nll[2:], rtol=1e-6)
    assert list(model.encode(images[2:], numbers=[2]).numbers) == [2]


def test_images_are_generated_at_a_temperature(model):
    one, same, warmer = (model.generate(4, temperature=t, output="mean") for t in (0.0, 0.0, 0.8))
    assert one.shape == (4, 8, 8, 1)
    assert (one == one[:1]).all() and (same == one).all() and (warmer != one).any()


@pytest.mark.every_backend
def test_they_follow_the_weights_and_are_no_part_of_the_model(model, tmp_path):
    """What is compiled stays from call to call, though the model neither counts nor saves it."""
    weights, layers = len(model.weights), len(model._flatten_layers())
    images = random_images(model.config, 3)
    before = model.reconstruct(images)
    kept = dict(model._uses)
    randomize(model, scale=0.2, seed=1)
    assert (model.reconstruct(images).nll != before.nll).all()
    assert dict(model._uses) == kept
    assert (len(model.weights), len(model._flatten_layers())) == (weights, layers)
    model.save_weights(tmp_path / "model.weights.h5")
    HVAE(model.config).load_weights(tmp_path / "model.weights.h5")
