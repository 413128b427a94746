import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.inspection.interpolation import Interpolator, slerp
from hvae.inference.latents.reconstructor import Reconstructor
from hvae.model import HVAE
from tests.conftest import random_images, randomize, tiny_config


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(tiny_config(dec_num_blocks=(2, 1))), scale=0.3)


@pytest.fixture(scope="module")
def images(model):
    return random_images(model.config, 2)


@pytest.fixture(scope="module")
def reconstruct(model):
    return Reconstructor(model)


@pytest.fixture(scope="module")
def interpolation(model, images):
    return Interpolator(model)(images, steps=5, seed=3)


def test_the_ends_are_the_reconstructions(reconstruct, images, interpolation):
    reconstructions = reconstruct(images, seed=3).images
    np.testing.assert_array_equal(interpolation.images[0, [0, -1]], reconstructions)
    assert (reconstructions[0] != reconstructions[1]).any()
    # Up to rounding in the parameters too, of which images are a coarse view.
    latents, decode = reconstruct.encoder(images, seed=3), reconstruct.decoder
    ends = [np.stack([slerp(*n, 0.0), slerp(*n, 1.0)]) for n in latents.noise]
    for mine, own in zip(ends, latents.noise):
        np.testing.assert_array_equal(mine, own)
    of_z = decode.parameters(latents.z, None, range(2))
    np.testing.assert_allclose(decode.parameters_of_noise(ends), of_z, rtol=1e-4, atol=1e-5)


def test_every_image_is_decoded_from_what_lies_between(reconstruct, images, interpolation):
    noise = reconstruct.encoder(images, seed=3).noise
    middle = tuple(slerp(*block, 0.5)[None] for block in noise)
    np.testing.assert_array_equal(
        reconstruct.decoder.of_noise(middle)[0], interpolation.images[0, 2]
    )


def test_in_the_other_rows_one_scale_stays_at_the_first_image(reconstruct, images, interpolation):
    """Two scales: of the blocks 0, 1 and 2 the last two are of the larger one."""
    assert interpolation.fixed == ((), [0], [1, 2])
    noise = reconstruct.encoder(images, seed=3).noise
    decode = reconstruct.decoder
    for row, kept in ((1, (0,)), (2, (1, 2))):
        ends = tuple(block[:1] if i in kept else block[1:] for i, block in enumerate(noise))
        np.testing.assert_array_equal(decode.of_noise(ends)[0], interpolation.images[row, -1])
        np.testing.assert_array_equal(interpolation.images[row, 0], interpolation.images[0, 0])
        assert (interpolation.images[row, -1] != interpolation.images[0, -1]).any()


def test_slerp_keeps_to_the_sphere_at_equal_angles(rng):
    a, b = (x / np.linalg.norm(x) for x in rng.standard_normal((2, 3, 4)))
    points = [slerp(a, b, share).astype(float) for share in np.linspace(0, 1, 6)]
    np.testing.assert_allclose([np.linalg.norm(p) for p in points], 1.0, rtol=1e-6)
    angles = [np.arccos(np.sum(p * q)) for p, q in zip(points, points[1:])]
    np.testing.assert_allclose(angles, np.arccos(np.sum(a * b)) / 5, rtol=1e-5)


@pytest.mark.parametrize("factor", [1.0, 2.5, -1.0, 0.0])
def test_parallel_noise_is_joined_by_a_line(rng, factor):
    a = rng.standard_normal((2, 3)).astype(np.float32)
    point = slerp(a, factor * a, 0.25)
    np.testing.assert_allclose(point, (0.75 + 0.25 * factor) * a, rtol=1e-6)


def test_three_images_are_refused(model):
    with pytest.raises(UserError, match="interpolation needs two. Received: 3"):
        Interpolator(model)(random_images(model.config, 3))
