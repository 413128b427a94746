import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.inspection.exploration import Explorer
from hvae.inference.latents.reconstructor import Reconstructor
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import random_images, randomize, tiny_config

BLOCK = 1


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config(dec_num_blocks=(2, 1))), scale=0.3)


@pytest.fixture(scope="module")
def explore(model):
    return Explorer(model)


@pytest.fixture(scope="module")
def reconstruct(model):
    return Reconstructor(model)


@pytest.fixture(scope="module")
def decode(reconstruct):
    return reconstruct.decoder


def test_zero_change_reproduces_the_image(model, explore, reconstruct):
    images = random_images(model.config, 2)
    noise = reconstruct.encoder(images).noise
    result = explore(noise, BLOCK, num_draws=3, extent=2.0, steps=5)
    expected = reconstruct(images).images
    np.testing.assert_array_equal(result.unchanged, expected)
    np.testing.assert_array_equal(result.moved[:, 2], expected)
    np.testing.assert_allclose(result.amounts, [-2, -1, 0, 1, 2])
    still = explore(noise, BLOCK, num_draws=3, extent=0.0, steps=5)
    assert (still.moved == expected[:, None]).all()


def test_only_the_blocks_own_noise_changes(model, explore, decode, monkeypatch):
    noise = latent_noise(model, range(2), seed=1)
    decoded = []

    def of_noise(blocks, *arguments):
        decoded.append(blocks)
        return decode.of_noise(blocks, *arguments)

    monkeypatch.setattr(
        explore, "_decode", type("Recorded", (), {"of_noise": staticmethod(of_noise)})
    )
    result = explore(noise, BLOCK, num_draws=4, extent=3.0, steps=3)
    (blocks,) = decoded
    for i, (block, own) in enumerate(zip(blocks, noise)):
        rows = block.reshape(2, 8, *block.shape[1:])
        if i != BLOCK:
            assert (rows == own[:, None]).all()
            continue
        draws = rows[:, 1:5]
        assert (draws[0] == draws[1]).all() and len(np.unique(draws)) > draws[0].size - 4
        low, none, high = rows[0, 5:]
        np.testing.assert_array_equal(none, own[0])
        np.testing.assert_allclose(high - none, none - low, atol=1e-5)
        np.testing.assert_allclose(np.sqrt(np.mean((high - none) ** 2)), 3.0, rtol=1e-5)
    assert result.redrawn.shape == (2, 4, 8, 8, 1) and result.moved.shape == (2, 3, 8, 8, 1)


def test_without_an_image_it_starts_from_a_draw_of_the_prior(model, explore, decode):
    noise = latent_noise(model, range(2), seed=1)
    results = [explore(noise, BLOCK, num_draws=4, steps=3, seed=seed) for seed in (0, 0, 5)]
    np.testing.assert_array_equal(results[0].unchanged, decode.of_noise(noise))
    np.testing.assert_array_equal(results[0].redrawn, results[1].redrawn)
    assert (results[0].redrawn != results[2].redrawn).any()
    assert (results[0].redrawn != results[0].unchanged[:, None]).any()
    assert (results[0].moved[:, 0] != results[0].moved[:, -1]).any()


@pytest.mark.parametrize("block", [3, -1])
def test_a_block_that_is_not_there_is_refused(model, explore, block):
    message = rf"must be 0 to 2 \(blocks of scale 4x4: 0, 8x8: 1 to 2\). Received: {block}"
    with pytest.raises(UserError, match=message):
        explore(latent_noise(model, range(1), 0), block)
