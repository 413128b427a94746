"""Decoders whose blocks are not one scale after the other give the published numbers."""

import keras
import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.inference.inspection.block_numbers import blocks_of_scales
from hvae.model import HVAE
from hvae.published.openai_vdvae.hyperparameters import openai_vdvae_config
from tests.conftest import normal_noise, random_images, randomize
from tests.published.whole_models import assert_model_agrees


@pytest.mark.every_backend
def test_mixed_scales(golden):
    """A block at 16x16 reads the state at 4x4, and not that at 8x8."""
    assert_model_agrees(golden, "openai_vdvae_mixed_scales.npz")


HPARAMS = {
    "width": 4,
    "zdim": 2,
    "bottleneck_multiple": 0.5,
    "num_mixtures": 1,
    "image_channels": 1,
    "image_size": 4,
    "dataset": "cifar10",
    "no_bias_above": 1,
    "enc_blocks": "4x1,4d2,2x1,2d2,1x1",
}


def built(dec_blocks, **changes):
    config = openai_vdvae_config({**HPARAMS, "dec_blocks": dec_blocks, **changes})
    return randomize(HVAE(config))


def by_hand(model, noise, dec_blocks):
    """The samples' last state, as the published decoder's steps say: a state for each size."""
    learned = [state for state in model.decoder.initial_states if state.learned]
    states = {s.height: np.tile(ops.convert_to_numpy(s.state), (2, 1, 1, 1)) for s in learned}
    for block, z_noise, step in zip(model.decoder.blocks, noise, dec_blocks.split(",")):
        size, _, source = step.replace("x1", "").partition("m")
        state = states.get(int(size), np.zeros((2, int(size), int(size), 4), "float32"))
        if source:
            factor = int(size) // int(source)
            state = state + states[int(source)].repeat(factor, axis=1).repeat(factor, axis=2)
        states[int(size)] = ops.convert_to_numpy(block(state, z_noise).state)
    return states[4]


@pytest.mark.parametrize(
    "dec_blocks",
    [
        "1x1,2m1,2x1,4m2,2m1,4m2",  # comes back to a smaller scale
        "1x1,2x1,4m1",  # 2x2 joins nothing
        "4x1,1x1,2m1,4m1",  # starts above, and from zeros
        "4m1,1x1,2m1,4x1,4m2,4m4",  # reads what only the bias has written; and itself
        "1x1,4m1,2m1",  # ends below the images
    ],
)
def test_any_order_of_blocks(dec_blocks):
    model = built(dec_blocks)
    noise = normal_noise(model.noise_shapes(2))
    states = []
    model.decoder.head.call = lambda state, latents: states.append(state) or state
    model.top_down(noise)
    state = ops.convert_to_numpy(states[0])
    np.testing.assert_allclose(state, by_hand(model, noise, dec_blocks), rtol=2e-5, atol=2e-5)


def test_a_returning_decoder_is_a_model_like_any_other(tmp_path):
    model = built("1x1,2m1,4m2,2x1,4m2")
    images = random_images(model.config, 2)
    latents = model.encode(images)
    np.testing.assert_array_equal(model.decode(latents), model.reconstruct(images).images)
    assert blocks_of_scales(model.config.latent_scales) == ([0], [1], [2], [3], [4])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    noise = model.draw_noise(2, seed=0)
    elbos = [ops.convert_to_numpy(m(images, noise).elbo) for m in (again, model)]
    np.testing.assert_array_equal(*elbos)


@pytest.mark.parametrize(
    ("dec_blocks", "message"),
    [
        ("1x1,4m2,2m1", "dec_steps: scale 2 has no state yet. Received: 4m2"),
        ("1x1,2m4,4m2", "dec_steps: scale 4 is larger. Received: 2m4"),
    ],
)
def test_steps_that_cannot_be_walked_are_named(dec_blocks, message):
    with pytest.raises(UserError, match=message):
        built(dec_blocks)
