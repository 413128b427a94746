import numpy as np
import pytest

from hvae.inference.generation.generator import likelihood_output
from hvae.inference.inspection.hierarchy import HierarchyDraws, HierarchySampler
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import lvae_config, random_images, randomize, tiny_config

MODELS = {
    "vdvae": lambda: tiny_config(dec_num_blocks=(2, 1)),
    "attention": lambda: tiny_config(use_depthwise_attention=True, query_width=4),
    "lvae": lvae_config,
}


@pytest.fixture(scope="module", params=MODELS)
def model(request):
    return randomize(HVAE(MODELS[request.param]()), scale=0.3)


def run(model, function, *inputs):
    """A function of the model, compiled: op by op, JAX would compile each one."""
    return CompiledFunction(model, lambda x: function(*x)).run(inputs)


def mean_image(model, parameters):
    return likelihood_output(model.likelihood, parameters, "mean", None)


def reconstruction(model, noise, images):
    output = model.top_down(noise, activations=model.bottom_up(images))
    return mean_image(model, output.parameters), output.latents[0].z


def test_no_block_is_generation_and_all_blocks_are_reconstruction(model):
    """In batches of five, which cut through the rows."""
    images = random_images(model.config, 3)
    blocks = len(model.config.latent_scales)
    draws = HierarchySampler(model, batch_size=5)(images[2], (0, blocks), 4, seed=7, number=2)
    prior, posterior = draws.images
    generated = run(
        model,
        lambda *noise: mean_image(model, model.top_down(noise).parameters),
        *latent_noise(model, range(4), 7),
    )
    np.testing.assert_array_equal(prior, generated)
    noise = latent_noise(model, range(3), 7)
    expected, _ = run(model, lambda *x: reconstruction(model, *x), noise, images)
    assert (posterior == expected[2]).all()
    assert (prior != prior[:1]).any() and (prior != expected[2]).any()


def test_between_them_upper_latents_are_the_image_s_own(model):
    """The same row from latents: z of the posterior given for the upper blocks."""
    image = random_images(model.config, 1)
    of_image, of_draws = latent_noise(model, [0], 0), latent_noise(model, range(3), 0)
    _, z = run(model, lambda *x: reconstruction(model, *x), of_image, image)
    draws = HierarchySampler(model)(image[0], (1,), 3)

    def given_above(z, *noise):
        # From the prior below: activations are not needed for that.
        latents = [z, *[None] * (len(noise) - 1)]
        return mean_image(model, model.top_down(noise, latents=latents).parameters)

    expected = run(model, given_above, np.repeat(z, 3, axis=0), *of_draws)
    difference = draws.images[0].astype(int) - expected
    # Rounding may fall to the other side where sums were made in another order.
    assert np.abs(difference).max() <= 1 and (difference != 0).mean() < 0.02


def test_what_is_left_open_shrinks_to_nothing():
    """Measured over several images, since a prior may spread more for one of them."""
    model = randomize(HVAE(tiny_config(dec_num_blocks=(2, 2))), scale=0.3)
    images = random_images(model.config, 4)
    sampler = HierarchySampler(model)
    left = np.mean(
        [
            np.square(sampler(image, range(5), 12, number=i).std).mean(axis=(1, 2))
            for i, image in enumerate(images)
        ],
        axis=0,
    )
    assert (np.diff(left) < 0.02 * left[0]).all()
    assert left[0] > 0 and left[-2] < 0.9 * left[0] and left[-1] == 0


def test_deviation_is_that_over_the_draws():
    images = np.array([[0, 4], [2, 4]], np.uint8).reshape(1, 2, 1, 2, 1)
    np.testing.assert_allclose(HierarchyDraws((0,), images).std, [[[np.sqrt(2.0), 0.0]]])
    colours = np.zeros((1, 2, 1, 1, 3), np.uint8)
    colours[0, 1, ..., 0] = 6
    np.testing.assert_allclose(HierarchyDraws((0,), colours).std, [[[np.sqrt(18.0 / 3)]]])
