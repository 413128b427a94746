"""What the trainer does under each backend, and not by its arithmetic alone."""

import dataclasses
import random

import keras
import numpy as np
import pytest

from hvae.model import HVAE
from hvae.training.backends.backend import training_backend
from hvae.training.config import TrainingConfig
from hvae.training.trainer import Trainer
from tests.backend_outputs import untraced
from tests.conftest import one_block_config, random_images, randomize
from tests.trained_under import Run, small_nvae

pytestmark = pytest.mark.every_backend

BATCH = 4
NVAE = small_nvae(initial_splits_per_scale=3)


@pytest.fixture(autouse=True)
def _untraced():
    # What TensorFlow does in a graph other tests see.
    with untraced():
        yield


def make(model_config, dtype="float32", remat="none", **settings):
    random.seed(0)
    model = randomize(HVAE(model_config, dtype=dtype), scale=0.2)
    config = TrainingConfig(**{"batch_size": BATCH, "noise": "host", **settings})
    jit = training_backend().uses_compiler("auto")
    return Trainer(model, config, 1, jit, remat=remat)


def arrays(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


@pytest.mark.parametrize("noise", ["backend", "host"])
def test_a_resumed_run_equals_one_left_alone_bit_for_bit(noise, tmp_path):
    """Stopped in the middle of an epoch, with the noise that the backend draws, or the host."""
    kind = {"model_config": one_block_config(), "noise": noise}
    whole = Run(tmp_path / "whole", **kind).train_epoch().train_epoch()
    part = Run(tmp_path / "part", **kind).train_epoch()
    start_update = part.trainer.start_update

    def once(images):
        part.trainer.start_update = stop
        return start_update(images)

    def stop(images):
        raise KeyboardInterrupt

    part.trainer.start_update = once
    with pytest.raises(KeyboardInterrupt):
        part.train_epoch()
    resumed = Run(tmp_path / "part", **kind)
    assert resumed.trainer.updates_done == part.trainer.updates_done == 4
    resumed.train_epoch()
    for value, other in zip(resumed.state(), whole.state(), strict=True):
        np.testing.assert_array_equal(value, other)


def test_blocks_computed_again_make_the_same_update_and_a_skipped_one_none():
    """What layers keep too: moving statistics move once, or stay."""
    plain, again = make(NVAE), make(NVAE, remat="stage")
    images = random_images(NVAE, BATCH)
    results = [trainer.train_batch(images) for trainer in (plain, again)]
    np.testing.assert_allclose(*(r.nll for r in results), rtol=1e-5)
    np.testing.assert_allclose(*(r.gradient_norm for r in results), rtol=1e-4)
    for value, expected in zip(arrays(again.layer_state), arrays(plain.layer_state)):
        np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-6)

    plain.config = dataclasses.replace(
        plain.config, gradient_skipnorm=1e-9, gradient_skip_start=0.0
    )
    kept = [*plain.layer_state, *plain.variables, *plain.update.moments, plain.update.average]
    before = arrays(kept)
    result = plain.train_batch(images)
    assert result.skipped and result.consecutive_skips == 1
    for value, expected in zip(arrays(kept), before):
        np.testing.assert_array_equal(value, expected)


def test_the_gradient_of_a_weight_that_a_loss_does_not_use_is_zero():
    used, unused = (keras.Variable(np.array([2.0, 3.0], "float32")) for _ in range(2))
    (loss, extra), gradients = training_backend().value_and_gradients(
        lambda: (keras.ops.sum(used * used), "extra"), [used, unused], []
    )
    assert float(loss) == 13.0 and extra == "extra"
    np.testing.assert_array_equal(arrays(gradients), [[4.0, 6.0], [0.0, 0.0]])


def test_half_precision_scales_its_loss():
    config = one_block_config()
    trainer = make(config, "mixed_float16", learning_rate=1e-12, weight_decay=0.0)
    images = random_images(config, BATCH)
    trainer.updates_done = 5
    norm = trainer.train_batch(images).gradient_norm
    assert float(trainer.loss_scale.value) == 2.0**15
    # The same noise again: the gradient is that of the loss, whatever the scale.
    trainer.updates_done = 5
    trainer.loss_scale.value.assign(2.0**13)
    np.testing.assert_allclose(trainer.train_batch(images).gradient_norm, norm, rtol=0.01)
    trainer.variables[0].assign(np.full(trainer.variables[0].shape, 1e6))
    assert trainer.train_batch(images).skipped
    assert float(trainer.loss_scale.value) == 2.0**12
