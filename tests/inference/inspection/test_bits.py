import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.inspection.bits import BitMapper
from hvae.inference.inspection.pixel_spread import spread_over_pixels
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import lvae_config, random_images, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    """Images of 7x9 pixels in 8x10."""
    return randomize(HVAE(tiny_config(image_size=(7, 9), dec_num_blocks=(2, 1))), scale=0.2)


def test_maps_hold_the_kl_of_every_image_where_its_positions_are(model):
    """Five images in batches of two; the noise of an image does not depend on the batch."""
    assert model.config.padded_size == (8, 10)
    images = random_images(model.config, 5)
    bits = BitMapper(model, batch_size=2)(images, seed=3)
    # Compiled: op by op, JAX would compile each one.
    kl = CompiledFunction(model, lambda x: [latent.kl for latent in model(*x).latents])
    kl = kl.run((images, latent_noise(model, range(5), 3)))
    sums = np.stack([block.sum(axis=(1, 2, 3)) for block in kl], axis=-1)
    np.testing.assert_allclose(bits.kl, sums, rtol=1e-4)
    assert bits.maps.shape == (5, 7, 9)
    np.testing.assert_allclose(bits.maps.sum(axis=(1, 2)), bits.kl.sum(axis=1), rtol=1e-6)
    expected = sum(spread_over_pixels(block.sum(axis=-1), (8, 10), (7, 9)) for block in kl)
    np.testing.assert_allclose(bits.maps, expected, rtol=1e-4, atol=1e-6)


def test_maps_of_scales_are_averages_and_add_up(model):
    bits = BitMapper(model, batch_size=2)(random_images(model.config, 5))
    assert list(bits.map_of_scales) == ["4x5", "8x10"]
    total = sum(bits.map_of_scales.values())
    np.testing.assert_allclose(total, bits.maps.mean(axis=0), rtol=1e-6)
    small, large = (values.sum() for values in bits.map_of_scales.values())
    np.testing.assert_allclose(small, bits.kl[:, :1].sum(axis=1).mean(), rtol=1e-6)
    np.testing.assert_allclose(large, bits.kl[:, 1:].sum(axis=1).mean(), rtol=1e-6)


def test_another_family_and_images_of_another_size():
    model = randomize(HVAE(lvae_config()), scale=0.2)
    images = random_images(model.config, 3)
    bits = BitMapper(model)(images)
    np.testing.assert_allclose(bits.maps.sum(axis=(1, 2)), bits.kl.sum(axis=1), rtol=1e-6)
    with pytest.raises(UserError, match="images: must have shape"):
        BitMapper(model)(images[:, 1:])
