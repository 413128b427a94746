"""What a model cannot take is refused in one line, and not taken for something else."""

import dataclasses

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.model import HVAE
from tests.conftest import normal_noise, random_images, tiny_config


@pytest.fixture(scope="module")
def model():
    return HVAE(tiny_config())


@pytest.fixture(scope="module")
def latents(model):
    z = normal_noise(model.noise_shapes(2))
    from hvae.inference.latents.latents import Latents

    return Latents(mean=z, std=z, z=z, noise=z)


def test_an_unknown_output(model, latents):
    images = random_images(model.config, 2)
    for use, argument in (
        (model.generate, 2),
        (model.decode, latents),
        (model.reconstruct, images),
    ):
        with pytest.raises(
            UserError, match="output: allowed are mean, mode, sample. Received: man"
        ):
            use(argument, output="man")


@pytest.mark.parametrize("value", [17, 255, -1])
def test_pixels_out_of_range(model, value):
    images = random_images(model.config, 2).astype("int32")
    images[1, 2, 3] = value
    with pytest.raises(UserError, match="images: must be integers 0 to 16. Received: "):
        model(images)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_latents_that_are_not_finite(model, latents, value):
    z = [block.copy() for block in latents.z]
    z[1][0, 0, 0, 0] = value
    with pytest.raises(UserError, match="latents: must be finite .* Received: others in block 1"):
        model.decode(dataclasses.replace(latents, z=tuple(z)))


def test_blocks_that_do_not_fit(model, latents):
    first, second = latents.z
    for z, message in (
        ((first, second[:1]), r"block 1 must have shape \(2, 8, 8, 2\). Received: \(1, 8, 8, 2\)"),
        ((first[..., :1], second), r"block 0 must have shape \(2, 4, 4, 2\)"),
        ((first,), "must have images, and 2 blocks. Received: 2 images, 1 blocks"),
        ((first[:0], second[:0]), "must have images, .* Received: 0 images, 2 blocks"),
    ):
        with pytest.raises(UserError, match=f"latents: {message}"):
            model.decode(dataclasses.replace(latents, z=z))
