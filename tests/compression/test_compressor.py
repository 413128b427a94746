"""Images come back bit for bit, at the size that the bound says."""

import math

import numpy as np
import pytest
from keras import ops

from hvae.compression.compressor import Compressor
from hvae.compression.file_format import checksum, read_compressed, write_compressed
from hvae.compression.fingerprint import fingerprint
from hvae.compression.stack import Stack
from hvae.errors import UserError
from hvae.model import HVAE
from tests.conftest import (
    efficient_config,
    lvae_config,
    nvae_config,
    random_images,
    randomize,
    tiny_config,
)

pytestmark = pytest.mark.every_backend
pytest.importorskip("constriction")

ONE = pytest.mark.tensorflow  # of what differs by family or likelihood, one backend shows it
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
    images = random_images(config, 5)
    compressor = Compressor(model, batch_size=2)
    compressed = compressor.compress(images)
    assert compressed.num_images == 5 and compressed.initial_bits > 0
    np.testing.assert_array_equal(compressor.decompress(compressed), images)


def test_the_size_is_that_of_the_bound():
    """Within 2 % of the mean over draws of z: the grid's own draw is one of them."""
    config = tiny_config(likelihood="dmol", **COLOUR)
    model = small(config)
    images = random_images(config, 40)
    compressed = Compressor(model, batch_size=8).compress(images)
    bits = 32 * len(compressed.words) - compressed.initial_bits
    bound = -np.mean(
        [
            ops.convert_to_numpy(model(images, model.draw_noise(len(images), seed)).elbo).sum()
            for seed in range(2)
        ]
    )
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
        Compressor(HVAE(tiny_config(**changes)))


def test_damaged_and_foreign_files_are_refused(tmp_path):
    config = tiny_config(levels=2, likelihood="bernoulli")
    model = small(config)
    images = random_images(config, 3)
    compressed = Compressor(model, 2).compress(images)
    own = fingerprint(model)
    path = tmp_path / "images.hvae"
    write_compressed(path, compressed, checksum(images), 2, own)
    found, images_sum, batch_size = read_compressed(path, own)
    assert (images_sum, batch_size) == (checksum(images), 2)
    np.testing.assert_array_equal(Compressor(model, 2).decompress(found), images)

    data = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(20):
        place, is_cut = rng.integers(len(data)), rng.random() < 0.3
        flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        path.write_bytes(data[:place] if is_cut else flipped)
        with pytest.raises(UserError, match="damaged|no file that compress") as error:
            read_compressed(path, own)
        assert "\n" not in str(error.value)
    path.write_bytes(data)
    model.decoder.head.output_layer.bias.assign(model.decoder.head.output_layer.bias + 1.0)
    with pytest.raises(UserError, match="was written with model .* it would give other images"):
        read_compressed(path, fingerprint(model))
