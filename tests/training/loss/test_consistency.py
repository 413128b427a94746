"""Pairs of images, and the KL between their latents, against NumPy."""

import numpy as np
import pytest
from keras import ops

from hvae.latents.diagonal_gaussian import DiagonalGaussian
from hvae.latents.latent_block import LatentOutput
from hvae.training.loss.consistency import Consistency
from tests.conftest import normal_noise
from tests.harness import gradient

pytestmark = pytest.mark.every_backend

PAIRS = 3
SHAPES = [(2 * PAIRS, 1, 1, 3), (2 * PAIRS, 4, 4, 2)]


class Brighter:
    """Adds 100 times the uniform, rounded."""

    num_uniforms = 1

    def __call__(self, images, uniforms):
        added = ops.reshape(ops.round(100.0 * uniforms), (-1, 1, 1, 1))
        return images + ops.cast(added, images.dtype)


def latents_of(parameters):
    """Blocks with these posteriors: pairs of mean and log std."""
    return [
        LatentOutput(None, None, DiagonalGaussian(*map(ops.convert_to_tensor, p)), None, None)
        for p in parameters
    ]


def random_parameters(rng):
    return [
        tuple((0.5 * rng.standard_normal(s)).astype("float32") for _ in range(2)) for s in SHAPES
    ]


def consistency(latents):
    return Consistency(Brighter(), True)(latents)


def numpy_kl(parameters, of, to):
    """Mean over the pairs of the KL of rows `of`, `of` + 2, … to rows `to`, `to` + 2, …"""
    total = 0.0
    for mean, log_std in parameters:
        mean, std = mean.astype("float64"), np.exp(log_std.astype("float64"))
        variance = std[of::2] ** 2 + (mean[of::2] - mean[to::2]) ** 2
        total += (np.log(std[to::2] / std[of::2]) + variance / (2 * std[to::2] ** 2) - 0.5).sum()
    return total / PAIRS


def test_it_is_the_kl_from_the_copy_to_the_image(rng):
    """Sinha & Dieng 2021: KL(q(z|x̃) ‖ q(z|x)); copies are the odd rows."""
    parameters = random_parameters(rng)
    value = float(ops.convert_to_numpy(consistency(latents_of(parameters))))
    assert value == pytest.approx(numpy_kl(parameters, of=1, to=0), rel=1e-5)
    assert value != pytest.approx(numpy_kl(parameters, of=0, to=1), rel=0.01)


def test_equal_latents_are_consistent(rng):
    parameters = [tuple(np.repeat(v[::2], 2, axis=0) for v in p) for p in random_parameters(rng)]
    assert float(ops.convert_to_numpy(consistency(latents_of(parameters)))) == 0.0


def test_image_and_copy_are_both_drawn_to_the_other(rng):
    (mean, log_std), second = random_parameters(rng)
    slope = gradient(lambda m: consistency(latents_of([(m, log_std), second])), mean)
    expected = (mean[1::2] - mean[0::2]) * np.exp(-2 * log_std[0::2]) / PAIRS
    np.testing.assert_allclose(slope[1::2], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(slope[0::2], -expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("duplicate_noise", [True, False])
def test_a_batch_is_image_copy_image_copy(duplicate_noise, rng):
    images = rng.integers(0, 100, (PAIRS, 8, 8, 1)).astype("uint8")
    noise = normal_noise(SHAPES)
    uniforms = rng.uniform(size=(PAIRS, 1)).astype("float32")
    pair = Consistency(Brighter(), duplicate_noise).pair
    tensors = (ops.convert_to_tensor(images), tuple(map(ops.convert_to_tensor, noise)))
    batch, batch_noise = pair(*tensors, ops.convert_to_tensor(uniforms))
    batch = ops.convert_to_numpy(batch)
    assert batch.dtype == np.int32
    np.testing.assert_array_equal(batch[0::2], images)
    added = np.round(100 * uniforms).astype("uint8")[:, :, None, None]
    np.testing.assert_array_equal(batch[1::2], images + added)
    for drawn, given in zip(noise, map(ops.convert_to_numpy, batch_noise)):
        np.testing.assert_array_equal(given[0::2], drawn[0::2])
        np.testing.assert_array_equal(given[1::2], drawn[0 if duplicate_noise else 1 :: 2])
