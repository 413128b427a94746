import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.inference.detection.level_bounds import LevelBounds
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import nvae_config, random_images, randomize, tiny_config
from tests.harness import compiled

pytestmark = pytest.mark.every_backend


@pytest.fixture(scope="module")
def model():
    """Three blocks; its images are padded."""
    return randomize(HVAE(tiny_config(image_size=(7, 9), dec_num_blocks=(2, 1))), scale=0.2)


def test_no_block_left_out_is_the_elbo(model):
    images = random_images(model.config, 5)
    bounds = LevelBounds(model, batch_size=2)(images, [0], num_samples=2, seed=3)
    expected = Evaluator(model, batch_size=5)(images, num_samples=2, seed=3).elbo
    np.testing.assert_allclose(bounds[:, 0], expected, rtol=1e-5)


def test_the_lowest_blocks_come_from_the_prior_and_cost_nothing(model):
    """Against a walk in which z of the upper blocks is given, and no image is seen below."""
    images, k = random_images(model.config, 4), 1

    def walk(images, noise):
        from_posterior = model(images, noise)
        latents = [latent.z for latent in from_posterior.latents]
        latents[-k:] = [None] * k
        parameters = model.top_down(noise, latents=latents).parameters
        return model.likelihood.nll(parameters, images), from_posterior.kl, from_posterior.elbo

    outputs = compiled(walk, model)(images, latent_noise(model, range(4), 5))
    nll, kl, elbo = map(ops.convert_to_numpy, outputs)
    bounds = LevelBounds(model, batch_size=3)(images, [k], seed=5)
    np.testing.assert_allclose(bounds[:, 0], -nll - kl[:, :-k].sum(axis=-1), rtol=1e-5)
    assert np.abs(bounds[:, 0] - elbo).min() > 1e-2


def test_an_image_has_its_bounds_alone_too(model):
    images = random_images(model.config, 5)
    bounds = LevelBounds(model, batch_size=5)(images, [0, 1, 2], seed=1)
    alone = LevelBounds(model)(images[3:4], [2, 0], seed=1, numbers=[3])
    np.testing.assert_allclose(alone[0], bounds[3, [2, 0]], rtol=1e-5)


def test_a_family_with_flows_has_them():
    """With every flow of the lowest block left out, too: nothing of it may count."""
    model = randomize(HVAE(nvae_config(flow_type="iaf", num_flows=(1,))), scale=0.1)
    images = random_images(model.config, 2)
    last = len(model.config.latent_scales) - 1
    bounds = LevelBounds(model)(images, [0, last])
    assert np.isfinite(bounds).all()
    np.testing.assert_allclose(bounds[:, 0], Evaluator(model)(images).elbo, rtol=1e-5)


def test_counts_out_of_range_are_refused(model):
    with pytest.raises(UserError, match="counts: must be 0 to 2. Received: 3"):
        LevelBounds(model)(random_images(model.config, 1), [3])
