"""An HVAE whose posteriors have convolutional Sylvester flows."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.model import HVAE
from tests.conftest import (
    normal_noise,
    one_block_config,
    random_images,
    randomize,
    tiny_config,
)
from tests.harness import compiled

FLOW = {"flow_type": "conv_sylvester", "num_flows": 1, "convsylv_channels": 6}


def flow_config(**changes):
    return tiny_config(**{**FLOW, **changes})


def to_numpy(value):
    return ops.convert_to_numpy(value)


def numbers(model, images, noise):
    """ELBO, KL, and the parameters of images from the prior."""

    def run(images, noise):
        output = model(images, noise)
        return output.elbo, output.kl, model.top_down(noise).parameters

    return [to_numpy(value) for value in compiled(run, model)(images, noise)]


def test_it_is_finite_and_generates_and_comes_back_from_a_file(tmp_path):
    config = flow_config(num_flows=(0, 1), convsylv_flows_per_stage=2, convsylv_splitfirst=1)
    model = randomize(HVAE(config), scale=0.15)
    assert [block.flow is None for block in model.decoder.blocks] == [False, True]
    images, noise = random_images(config, 3), normal_noise(model.noise_shapes(3))
    results = numbers(model, images, noise)
    assert all(np.isfinite(value).all() for value in results)
    model.save_weights(tmp_path / "model.weights.h5")
    copy = HVAE(config)
    copy.load_weights(tmp_path / "model.weights.h5")
    for value, expected in zip(numbers(copy, images, noise), results):
        np.testing.assert_array_equal(value, expected)


def test_at_the_start_latents_are_those_of_the_posterior():
    model = HVAE(flow_config())
    images, noise = random_images(model.config, 3), normal_noise(model.noise_shapes(3))

    def samples(images, noise):
        latents = model(images, noise).latents
        return [(latent.z, latent.posterior.sample(x)) for latent, x in zip(latents, noise)]

    for z, expected in compiled(samples, model)(images, noise):
        np.testing.assert_allclose(to_numpy(z), to_numpy(expected), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["convsylv_channels", "convsylv_flows_per_stage", "convsylv_stage_limit"]
)
def test_lists_hold_one_value_or_one_for_each_scale(name):
    flow_config(**{name: (4, 2)})
    with pytest.raises(UserError, match=f"{name}: needs 1 value or 2, one for each scale"):
        flow_config(**{name: (4, 2, 1)})


@pytest.mark.tensorflow
def test_it_trains():
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    config = one_block_config(**FLOW, convsylv_stage_limit=1)
    trainer = Trainer(
        HVAE(config), TrainingConfig(batch_size=4, epochs=1, weight_decay=0.0), 2, jit=True
    )
    before = [np.array(variable) for variable in trainer.variables]
    for seed in range(2):
        result = trainer.train_batch(random_images(config, 4, seed))
        assert np.isfinite(result.nll).all() and np.isfinite(result.kl).all()
    moved = [(np.array(v) != b).any() for v, b in zip(trainer.variables, before)]
    assert np.mean(moved) > 0.8
