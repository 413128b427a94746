"""Images come back bit for bit, at the size that the bound says."""

import itertools
import math

import numpy as np
import pytest
from keras import ops

from hvae.compression.compressor import Compressor, allowed_batch
from hvae.compression.image_files import compress_to, decompress_from
from hvae.compression.keras_walks import KerasWalks
from hvae.compression.stack import Stack
from hvae.errors import UserError
from hvae.model import HVAE
from tests.conftest import (
    efficient_config,
    lvae_config,
    nvae_config,
    one_block_config,
    random_images,
    randomize,
    tiny_config,
)
from tests.harness import compiled

pytestmark = pytest.mark.every_backend
pytest.importorskip("constriction")

ONE = pytest.mark.once  # of what differs by family or likelihood, one backend shows it
COLOUR = {"image_channels": 3, "levels": 16}


def small(config):
    """A model whose posteriors are not those of its start, and not far from the priors."""
    return randomize(HVAE(config), scale=0.1)


@pytest.mark.parametrize(
    "config",
    [
        tiny_config(likelihood="dmol", **COLOUR),
        pytest.param(tiny_config(likelihood="logistic_mixture", **COLOUR), marks=ONE),
        pytest.param(tiny_config(levels=2, likelihood="bernoulli"), marks=ONE),
        efficient_config(),
        pytest.param(nvae_config(), marks=ONE),
        pytest.param(lvae_config(likelihood="discretized_logistic"), marks=ONE),
    ],
    ids=["dmol", "logistic_mixture", "bernoulli", "efficient_vdvae", "nvae", "lvae"],
)
def test_images_come_back(config):
    model = small(config)
    images = random_images(config, 4)
    compressor = Compressor(KerasWalks(model), 2)
    compressed = compressor.compress(images)
    assert compressed.num_images == 4 and compressed.initial_bits > 0
    np.testing.assert_array_equal(compressor.decompress(compressed), images)


def test_the_size_is_that_of_the_bound():
    """Within 2 % of the mean over draws of z: the grid's own draw is one of them."""
    config = tiny_config(likelihood="dmol", **COLOUR)
    model = small(config)
    images = random_images(config, 40)
    compressed = Compressor(KerasWalks(model), 8).compress(images)
    bits = 32 * len(compressed.words) - compressed.initial_bits
    elbo = compiled(lambda x, noise: model(x, noise).elbo, model)
    draws = [model.draw_noise(len(images), seed) for seed in range(2)]
    bound = -np.mean([ops.convert_to_numpy(elbo(images, noise)).sum() for noise in draws])
    assert abs(bits * math.log(2.0) / bound - 1.0) < 0.02


def test_what_is_popped_is_what_was_pushed(rng):
    stack = Stack(rng.integers(0, 2**32, 500, dtype=np.uint32))
    before = stack.words()
    mean, std = 40.0 * rng.standard_normal((2, 3, 4)), np.full((2, 3, 4), 20.0)
    places = stack.pop_posterior(mean, std)
    table = rng.random((7, 9)).astype("float32")
    values = rng.integers(0, 9, 7)
    stack.push_values(values, table)
    stack.push_prior(places)
    np.testing.assert_array_equal(stack.pop_prior(places.shape), places)
    np.testing.assert_array_equal(stack.pop_values(table), values)
    stack.push_posterior(places, mean, std)
    np.testing.assert_array_equal(stack.words(), before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"likelihood": "gaussian"}, "likelihood: compression allows .* Received: gaussian"),
        ({"likelihood": "bernoulli"}, "needs binary pixels. Received: 17 levels"),
        ({"flow_type": "iaf", "num_flows": 1}, "a posterior without flows. Received: iaf"),
    ],
)
def test_what_has_no_code_is_refused(changes, message):
    with pytest.raises(UserError, match=message):
        KerasWalks(HVAE(tiny_config(**changes)))


def test_a_file_is_read_by_its_own_model_alone(tmp_path):
    config = one_block_config(levels=2, likelihood="bernoulli")
    model = small(config)
    images = random_images(config, 3)
    path = tmp_path / "images.hvae"
    compress_to(path, KerasWalks(model), images, 2)
    np.testing.assert_array_equal(decompress_from(path, KerasWalks(model)), images)
    model.decoder.head.output_layer.bias.assign(model.decoder.head.output_layer.bias + 1.0)
    with pytest.raises(UserError, match="was written with model .* it would give other images"):
        decompress_from(path, KerasWalks(model))


def test_a_program_that_rounds_otherwise_gives_no_images(tmp_path):
    """One that no fingerprint tells from the one that wrote."""
    config = one_block_config(levels=2, likelihood="bernoulli")
    walks = KerasWalks(small(config))
    images, path = random_images(config, 3), tmp_path / "images.hvae"
    compress_to(path, walks, images, 2)
    of_model, calls = walks.range_table, itertools.count(1)
    walks.range_table = lambda *arguments: of_model(*arguments) * np.float32([1.0, next(calls)])
    with pytest.raises(UserError, match="other images came out than went in"):
        decompress_from(path, walks)
    with pytest.raises(UserError, match="the images do not come back; nothing was written"):
        compress_to(tmp_path / "again.hvae", walks, images, 2)
    assert not (tmp_path / "again.hvae").exists()


@pytest.mark.parametrize(
    ("image_size", "images"), [((8, 8), 16), ((64, 64), 16), ((96, 128), 5), ((512, 256), 1)]
)
def test_batches_are_small_where_images_are_large(image_size, images):
    assert allowed_batch(image_size, 100) == images
    assert allowed_batch(image_size, 1) == 1
