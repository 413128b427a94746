"""A model's own methods: arrays in, arrays out."""

import numpy as np
import pytest

import hvae
from hvae.errors import UserError
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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, x: m.generate(0), "num_images: must be a whole number, at least 1. Received: 0"),
        (lambda m, x: m.generate(-1), "num_images: must be .* at least 1. Received: -1"),
        (lambda m, x: m.generate(2.0), "num_images: must be a whole number.* Received: 2.0"),
        (lambda m, x: m.generate(True), "num_images: must be a whole number.* Received: True"),
        (lambda m, x: m.generate(10**12), "memory: an array of 1000000000000 images needs 64000"),
        (lambda m, x: m.generate(1, seed=-1), "seed: must be .* 0 to 4294967295. Received: -1"),
        (lambda m, x: m.generate(1, temperature=1e30), "temperature: must be 0 to 1000"),
        (lambda m, x: m.encode(x, seed="a"), "seed: must be a whole number"),
        (lambda m, x: m.encode(x, masks=3), "masks: must have shapes .* no such arrays"),
        (lambda m, x: m.encode(x, masks=[np.ones((4, 4, 2))]), "masks: must have shapes"),
        (lambda m, x: m.reconstruct(x, masks=whole(m, 0.5)), "masks: must be booleans"),
        (lambda m, x: m.reconstruct(x, masks=whole(m, 2)), "masks: must be booleans"),
        (lambda m, x: m.reconstruct(x, seed=None), "seed: must be a whole number"),
        (lambda m, x: m.decode(x), "latents: must be Latents, as encode gives them"),
        (lambda m, x: m.decode(None), "latents: must be Latents"),
        (lambda m, x: m.decode(others(x)), "latents: .* blocks"),
        (lambda m, x: HVAE({}), "config: must be a ModelConfig"),
        (lambda m, x: hvae.load_model(None), "path: must be a path. Received: None"),
        (lambda m, x: hvae.load_plugin(3), "plugin: must be a path. Received: 3"),
    ],
)
def test_mistakes_are_named(model, call, message):
    with pytest.raises(UserError, match=message):
        call(model, random_images(model.config, 2))


def whole(model, value):
    """Masks of one value."""
    return [np.full(shape[1:], value) for shape in model.noise_shapes(1)]


def others(images):
    """Latents of another model."""
    return HVAE(tiny_config(dec_num_blocks=(2, 1))).encode(images)
