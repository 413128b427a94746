"""Updates on two devices, beside those on one, in a process of the backend's own.

KERAS_BACKEND=jax python -m tests.on_devices

With `lost` the last process then kills itself after an update, and the others go on.
"""

import os
import random
import signal
import sys

import keras
import numpy as np

from hvae.errors import UserError
from hvae.model import HVAE
from hvae.training.backends.backend import training_backend
from hvae.training.backends.devices import DevicesBase, LostProcess
from hvae.training.config import TrainingConfig
from hvae.training.trainer import Trainer
from tests.conftest import random_images, randomize, tiny_config
from tests.trained_under import small_nvae

BATCH, UPDATES = 8, 2


def trained(devices, config, **settings):
    """Results of some updates, and the state that they leave."""
    training = TrainingConfig(
        batch_size=BATCH, adam_epsilon=1e-4, gradient_clipnorm=0.5, **settings
    )
    jit = training_backend().uses_compiler("auto")
    with devices.scope():
        random.seed(0)
        model = randomize(HVAE(config), scale=0.2)
        trainer = Trainer(model, training, 10, jit, devices=devices)
    images = random_images(config, training.data_batch_size)
    own = devices.own(images)
    results = [np.asarray(v) for _ in range(UPDATES) for v in trainer.train_batch(own)]
    with trainer.averaged_weights():
        averages = [np.array(keras.ops.convert_to_numpy(v)) for v in trainer.variables]
    state = [*model.layer_variables, *trainer.state]
    return [*results, *averages, *(np.array(keras.ops.convert_to_numpy(v)) for v in state)]


def lose_one(devices):
    config = TrainingConfig(batch_size=BATCH)
    trainer = Trainer(HVAE(tiny_config(num_scales=1)), config, 10, jit=False, devices=devices)
    images = devices.own(random_images(trainer.model.config, BATCH))
    trainer.train_batch(images)
    if devices.shard == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        trainer.train_batch(images)
    except LostProcess as error:
        print(f"lost: {error}", flush=True)


def compare():
    """The two devices, whose update is that of one."""
    backend = training_backend()
    two = backend.Devices(2)
    one = DevicesBase(1)
    if two.shares_means:
        config, settings = small_nvae(), {"regularization_constant": 0.1}
        refused = {"batch_size_div": 8}
    else:
        config, settings = tiny_config(num_scales=1), {"cr_vae": True, "batch_size_div": 2}
        refused = {"regularization_constant": 0.1}
    for value, expected in zip(*(trained(d, config, **settings) for d in (two, one)), strict=True):
        np.testing.assert_allclose(
            value, expected, rtol=1e-5, atol=1e-5 * max(1e-3, np.abs(expected).max())
        )
    try:
        trained(two, config, **refused)
    except UserError as error:
        print(f"refused: {error}", flush=True)
    return two


if __name__ == "__main__":
    two_devices = compare()
    if sys.argv[1:] == ["lost"]:
        lose_one(two_devices)
