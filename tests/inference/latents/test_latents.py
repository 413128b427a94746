"""Encoding, decoding and reconstruction: the same latents give the same images."""

import dataclasses

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.inference.generation.generator import Generator
from hvae.inference.latents.latent_decoder import LatentDecoder
from hvae.inference.latents.latent_mask import mask_of_quantile
from hvae.inference.latents.reconstructor import Reconstructor
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from tests.conftest import nvae_config, random_images, randomize, tiny_config

CONFIGS = {
    "vdvae": tiny_config,
    # A residual posterior, standard deviations with a floor, and z that a flow has moved.
    "nvae, flow": lambda: nvae_config(flow_type="iaf", num_flows=1),
}
SEED = 4


@pytest.fixture(scope="module", params=CONFIGS)
def model(request):
    # Weights so large that images differ.
    return randomize(HVAE(CONFIGS[request.param]()), scale=0.3 if request.param == "vdvae" else 0.8)


@pytest.fixture(scope="module")
def images(model):
    return random_images(model.config, 5)


@pytest.fixture(scope="module")
def reconstruct(model):
    return Reconstructor(model, batch_size=2)


@pytest.fixture(scope="module")
def encoder(reconstruct):
    return reconstruct.encoder


@pytest.fixture(scope="module")
def decoder(reconstruct):
    return reconstruct.decoder


@pytest.fixture(scope="module")
def latents(encoder, images):
    return encoder(images, SEED)


@pytest.fixture(scope="module")
def direct(model, images):
    """The model's own pass with the same noise."""
    return model(images, latent_noise(model, range(5), SEED))


def to_numpy(value):
    return ops.convert_to_numpy(value)


def assert_close(result, expected):
    """Up to 1e-5 of the largest: what is compiled rounds otherwise, and the net amplifies it."""
    assert np.abs(result - expected).max() <= 1e-5 * np.abs(expected).max()


def test_latents_are_those_of_the_models_own_pass(latents, direct):
    """Five images in batches of two: the noise belongs to the image, not to the batch."""
    assert latents.num_images == 5
    for i, block in enumerate(direct.latents):
        assert_close(latents.mean[i], to_numpy(block.posterior.mean))
        assert_close(latents.std[i], np.exp(to_numpy(block.posterior.log_std)))
        assert_close(latents.z[i], to_numpy(block.z))
        z, mean, log_std = (to_numpy(x).astype(float) for x in (block.z, *block.prior[:2]))
        assert_close(latents.noise[i], (z - mean) / np.exp(log_std))


def test_z_is_the_posteriors_sample_unless_a_flow_moves_it(model, latents):
    noise = latent_noise(model, range(5), SEED)
    drawn = [m + s * n for m, s, n in zip(latents.mean, latents.std, noise)]
    distance = max(np.abs(z - x).max() for z, x in zip(latents.z, drawn))
    assert distance < 1e-5 if model.config.flow_type == "none" else distance > 1e-2


def test_what_was_encoded_decodes_to_the_reconstruction_exactly(
    images, latents, decoder, reconstruct, direct
):
    reconstruction = reconstruct(images, SEED)
    np.testing.assert_array_equal(decoder(latents), reconstruction.images)
    np.testing.assert_allclose(reconstruction.nll, to_numpy(direct.nll), rtol=1e-5)
    assert len(np.unique(reconstruction.images)) > 3


def test_latents_and_their_noise_give_the_models_parameters(latents, decoder, direct):
    batch = latents.first(2)
    of_z = decoder.parameters(batch.z, None, range(2))
    of_noise = decoder.parameters_of_noise(batch.noise)
    assert_close(of_z, to_numpy(direct.parameters)[:2])
    assert_close(of_noise, of_z)
    assert np.abs(of_z[0] - of_z[1]).max() > 0.01


def masks_at(model, quantile):
    rng = np.random.default_rng(0)
    return mask_of_quantile([rng.random(shape[1:]) for shape in model.noise_shapes(1)], quantile)


def test_all_variables_kept_is_reconstruction_and_none_is_generation(
    model, images, reconstruct, decoder
):
    everything, nothing = (reconstruct(images, SEED, masks_at(model, q)) for q in (1.0, 0.0))
    plain = reconstruct(images, SEED)
    np.testing.assert_array_equal(everything.images, plain.images)
    np.testing.assert_array_equal(everything.nll, plain.nll)
    noise = latent_noise(model, range(5), SEED)
    np.testing.assert_array_equal(nothing.images, decoder.of_noise(noise))
    generated = Generator(model, "mean", batch_size=2)(5, seed=SEED)
    np.testing.assert_array_equal(nothing.images, generated)
    assert (nothing.images != plain.images).any()


def test_some_variables_kept_agree_with_the_models_masked_pass(
    model, images, reconstruct, encoder, decoder
):
    masks = masks_at(model, 0.4)
    noise = latent_noise(model, range(5), SEED)
    walk = model.top_down(noise, activations=model.bottom_up(images), masks=masks)
    result = reconstruct(images, SEED, masks)
    expected = to_numpy(model.likelihood.nll(walk.parameters, images))
    np.testing.assert_allclose(result.nll, expected, rtol=1e-5)
    latents = encoder(images, SEED, masks)
    np.testing.assert_array_equal(decoder(latents, SEED), result.images)
    # What was not kept is drawn anew with another seed, what was kept is not.
    erased = tuple(np.where(mask, z, 0.0) for mask, z in zip(masks, latents.z))
    pruned = dataclasses.replace(latents, z=erased)
    np.testing.assert_array_equal(decoder(pruned, SEED), result.images)
    other = decoder.parameters([z[:2] for z in erased], masks, range(2), SEED + 1)
    same = decoder.parameters([z[:2] for z in erased], masks, range(2), SEED)
    assert np.abs(other - same).max() > 1e-3


def test_samples_repeat_with_the_seed(model, images, latents):
    decode = LatentDecoder(model, "sample", batch_size=2)
    first, again, other = (decode(latents, seed) for seed in (SEED, SEED, SEED + 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    # Those of a reconstruction with the seed that its latents were drawn with, too.
    reconstruction = Reconstructor(model, "sample", batch_size=2)(images, SEED)
    np.testing.assert_array_equal(reconstruction.images, first)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.zeros((2, 8, 7, 1), "uint8"), r"\(images, 8, 8, 1\). Received: \(2, 8, 7, 1\)"),
        (np.zeros((0, 8, 8, 1), "uint8"), r"Received: \(0, 8, 8, 1\)"),
        (np.zeros((2, 8, 8, 1), "float32"), "integers 0 to 16. Received: float32"),
        (np.full((2, 8, 8, 1), 200, "uint8"), "integers 0 to 16. Received: 200 to 200"),
    ],
)
def test_wrong_images_are_refused(encoder, reconstruct, wrong, message):
    for use in (encoder, reconstruct):
        with pytest.raises(UserError, match=message):
            use(wrong)
