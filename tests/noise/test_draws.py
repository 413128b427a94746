import numpy as np
import pytest

from hvae.model import HVAE
from hvae.noise.draws import latent_noise, likelihood_noise
from tests.conftest import tiny_config


@pytest.fixture(scope="module")
def model():
    return HVAE(tiny_config())


def test_noise_belongs_to_the_image_whichever_batch_it_is_in(model):
    for draw in (latent_noise, lambda *a: tuple(likelihood_noise(*a).values())):
        together, apart, other = draw(model, range(6), 1), draw(model, [4], 1), draw(model, [4], 2)
        for all_of_it, own, others in zip(together, apart, other):
            np.testing.assert_array_equal(all_of_it[4], own[0])
            assert (own != others).all() and len(np.unique(all_of_it)) > 0.99 * all_of_it.size


def test_it_is_standard_normal_and_uniform(model):
    normal = np.concatenate([block.ravel() for block in latent_noise(model, range(200), 0)])
    assert abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02
    for uniform in likelihood_noise(model, range(200), 0).values():
        assert 0 < uniform.min() < 0.001 and 0.999 < uniform.max() < 1
