"""The KL with a Sylvester flow is that of the density it makes, and whole models run."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.flows.posterior.sylvester import OrthogonalSylvesterFlow
from hvae.model import HVAE
from tests.conftest import (
    normal_noise,
    nvae_config,
    one_block_config,
    random_images,
    randomize,
    tiny_config,
)
from tests.flows.block_kl import (
    check_kl_against_integration,
    make_block,
    mean_and_error,
    run,
)
from tests.harness import compiled

SYLVESTER = {"flow_type": "sylvester", "num_flows": (1, 2), "flow_in_ch": 3, "num_ortho_vecs": 4}


def make_flow(shape):
    return OrthogonalSylvesterFlow(num_flows=3, num_ortho_vecs=4, context_width=3)


@pytest.mark.parametrize("seed", range(6))
def test_the_kl_is_not_negative(seed, rng):
    block, state, activation = make_block(seed, make_flow, (3, 2, 2))
    output = run(block, state, activation, rng.standard_normal((4096, 3, 2, 2)))
    for value in (output.kl, output.log_ratio):
        mean, error = mean_and_error(value)
        assert mean >= -3 * error


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("z_width", [1, 2])
def test_the_kl_is_that_of_numerical_integration(z_width, seed, rng):
    block, state, activation = make_block(seed, make_flow, (1, 1, z_width))
    check_kl_against_integration(block, state, activation, (1, 1, z_width), rng)


def numbers_of(model):
    """Function from images and noise to the ELBO and the parameters of images from the prior."""
    run = compiled(lambda x, noise: (model(x, noise).elbo, model.top_down(noise).parameters), model)
    return lambda x, noise: [ops.convert_to_numpy(value) for value in run(x, noise)]


def test_a_whole_model_has_flows_in_its_posterior_only(tmp_path):
    config = tiny_config(**SYLVESTER)
    model = randomize(HVAE(config), scale=0.2)
    assert [block.flow.num_flows for block in model.decoder.blocks] == [2, 1]
    images, noise = random_images(config, 5), normal_noise(model.noise_shapes(5))
    run = numbers_of(model)
    elbo, generated = run(images, noise)
    assert np.isfinite(elbo).all()

    model.save_weights(tmp_path / "model.weights.h5")
    copy = HVAE(config)
    copy.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(numbers_of(copy)(images, noise)[0], elbo, rtol=1e-6, atol=1e-4)
    for block in model.decoder.blocks:
        for weight in block.flow.weights:
            weight.assign(1.0 + weight)
    other_elbo, same = run(images, noise)
    np.testing.assert_array_equal(same, generated)
    assert np.abs(other_elbo - elbo).max() > 0.01


def test_a_scale_without_flows_has_none():
    model = HVAE(tiny_config(**{**SYLVESTER, "num_flows": (0, 1), "flow_in_ch": (0, 3)}))
    smallest, largest = model.decoder.blocks
    assert smallest.flow.context_width == 3 and largest.flow is None


@pytest.mark.tensorflow
def test_it_trains():
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    config = one_block_config(**{**SYLVESTER, "num_flows": 2})
    trainer = Trainer(
        HVAE(config),
        TrainingConfig(batch_size=6, learning_rate=0.01, weight_decay=0.0),
        updates_per_epoch=10,
        jit=True,
    )
    flows = [block.flow for block in trainer.model.decoder.blocks]
    before = [w.numpy().copy() for flow in flows for w in flow.weights]
    images = random_images(config, 6)
    for _ in range(2):
        result = trainer.train_batch(images)
        assert np.isfinite(float(result.nll)) and np.isfinite(np.array(result.kl)).all()
        assert not bool(result.skipped)
    after = [w.numpy() for flow in flows for w in flow.weights]
    assert all((a != b).any() for a, b in zip(after, before))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flow_in_ch": 0}, "flow_in_ch: sylvester needs at least 1 at every .* Received: 0"),
        ({"flow_in_ch": (3, 0)}, "flow_in_ch: sylvester needs .* Received: 3 0"),
        ({"num_flows": 0}, "num_flows: flow_type sylvester needs at least 1. Received: 0"),
        ({"num_ortho_vecs": 0}, "num_ortho_vecs: sylvester needs at least 1 at every scale"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        tiny_config(**{**SYLVESTER, **changes})


@pytest.mark.parametrize("name", ["flow_in_ch", "num_ortho_vecs"])
def test_lists_have_one_value_or_one_for_each_scale(name):
    with pytest.raises(UserError, match=f"{name}: needs 1 value or 3, .* Received: 2 values"):
        nvae_config(**{**SYLVESTER, "num_flows": 1, name: (1, 2)})
