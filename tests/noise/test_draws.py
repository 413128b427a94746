import numpy as np
import pytest

from hvae.model import HVAE
from hvae.noise import draws
from hvae.noise.draws import block_noise, latent_noise, likelihood_noise
from tests.conftest import tiny_config


@pytest.fixture(scope="module")
def model():
    return HVAE(tiny_config())


KINDS = {
    "latents": latent_noise,
    "latents, another sample": lambda *a: latent_noise(*a, sample=5),
    "likelihood": lambda *a: tuple(likelihood_noise(*a).values()),
    "block": lambda model, *a: (block_noise(model, 1, *a),),
}


@pytest.mark.parametrize("kind", KINDS)
def test_noise_belongs_to_the_image_whichever_batch_it_is_in(model, kind):
    draw = KINDS[kind]
    together, apart, other = draw(model, range(6), 1), draw(model, [4], 1), draw(model, [4], 2)
    for all_of_it, own, others in zip(together, apart, other):
        np.testing.assert_array_equal(all_of_it[4], own[0])
        assert (own != others).all() and len(np.unique(all_of_it)) > 0.99 * all_of_it.size


def test_kinds_and_samples_have_noise_of_their_own(model):
    """Also where numbers change places: sample 2 of image 3 is not sample 3 of image 2."""
    noise = [
        block_noise(model, 0, [2], 1),
        *(latent_noise(model, [n], 1, k)[0] for n, k in [(2, 0), (2, 1), (2, 3), (3, 2)]),
    ]
    values = np.concatenate([array.ravel() for array in noise])
    assert len(np.unique(values)) == values.size


def test_many_values_are_drawn_by_threads_and_are_the_same(model, monkeypatch):
    expected = latent_noise(model, range(9), 1, 2)
    monkeypatch.setattr(draws, "_VALUES_FOR_THREADS", 0)
    for block, other in zip(latent_noise(model, range(9), 1, 2), expected):
        np.testing.assert_array_equal(block, other)


@pytest.mark.every_backend
def test_the_values_are_these(model):
    """Under every backend, and tomorrow: published numbers depend on them."""
    smallest, largest = latent_noise(model, [17], 3, 2)
    np.testing.assert_allclose(smallest[0, 0, 0], [0.32025, 1.55814], atol=5e-5)
    np.testing.assert_allclose(largest[0, -1, -1], [-1.47917, -0.59676], atol=5e-5)
    uniforms = likelihood_noise(model, [17], 3)
    np.testing.assert_allclose(uniforms["logistic"].ravel()[:2], [0.11473, 0.8188], atol=5e-5)


def test_it_is_standard_normal_and_uniform(model):
    normal = np.concatenate([block.ravel() for block in latent_noise(model, range(200), 0)])
    assert abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02
    for uniform in likelihood_noise(model, range(200), 0).values():
        assert 0 < uniform.min() < 0.001 and 0.999 < uniform.max() < 1
