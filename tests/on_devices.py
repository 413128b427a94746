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
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.inference.generation.generator import Generator
from hvae.inference.latents.latent_encoder import LatentEncoder
from hvae.model import HVAE
from hvae.training.backends.backend import training_backend
from hvae.training.backends.devices import DevicesBase, LostProcess
from hvae.training.config import TrainingConfig
from hvae.training.trainer import Trainer
from tests.conftest import random_images, randomize, tiny_config
from tests.trained_under import small_nvae

BATCH, UPDATES = 8, 20


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
    own = part_of_process(devices, images)
    results, evaluator = [], Evaluator(model)
    for number in range(UPDATES):
        results += map(np.asarray, trainer.train_batch(own))
        with trainer.averaged_weights():
            # One process of several may ask the model, whatever the others do.
            if devices.num_shards > 1 and devices.is_main and number < 2:
                evaluator(images)
            averages = [np.array(keras.ops.convert_to_numpy(v)) for v in trainer.variables]
    state = [*model.layer_variables, *trainer.state]
    return [*results, *averages, *(np.array(keras.ops.convert_to_numpy(v)) for v in state)]


def part_of_process(devices, images):
    """What the process reads of a batch."""
    return np.split(images, devices.num_shards)[devices.shard]


def lose_one(devices):
    config = TrainingConfig(batch_size=BATCH)
    trainer = Trainer(HVAE(tiny_config(num_scales=1)), config, 10, jit=False, devices=devices)
    images = part_of_process(devices, random_images(trainer.model.config, BATCH))
    trainer.train_batch(images)
    if devices.shard == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        trainer.train_batch(images)
    except LostProcess as error:
        print(f"lost: {error}", flush=True)


def asked(devices):
    """What a model says of images, and draws: of as many as devices divide, and of one more."""
    config = tiny_config(num_scales=1)
    with devices.scope():
        random.seed(0)
        model = randomize(HVAE(config), scale=0.2)
    model.devices = devices
    images = random_images(config, BATCH + 1)
    evaluation = Evaluator(model, BATCH // 2)(images, num_samples=2)
    latents = LatentEncoder(model, BATCH // 2)(images)
    drawn = Generator(model, "mean", BATCH // 2)(BATCH + 1)
    few = Evaluator(model)(images[:1])
    arrays = [evaluation.nll, evaluation.kl, *evaluation.kl_of_units, *few.kl_of_units]
    return [*arrays, *latents.z, drawn]


def compare():
    """The two devices, whose update is that of one."""
    backend = training_backend()
    two = backend.Devices(2)
    one = DevicesBase(1)
    if two.num_shards == 1:
        for value, expected in zip(asked(two), asked(one), strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-6)
        print("asked", flush=True)
    if two.shares_means and two.num_shards == 1:
        config, settings = small_nvae(), {"regularization_constant": 0.1}
    else:
        config, settings = tiny_config(num_scales=1), {"cr_vae": True, "batch_size_div": 2}
    for value, expected in zip(*(trained(d, config, **settings) for d in (two, one)), strict=True):
        np.testing.assert_allclose(
            value, expected, rtol=1e-5, atol=1e-5 * max(1e-3, np.abs(expected).max())
        )
    refused = {"batch_size_div": 8} if two.shares_means else {"regularization_constant": 0.1}
    try:
        trained(two, config, **refused)
    except UserError as error:
        print(f"refused: {error}", flush=True)
    return two


if __name__ == "__main__":
    two_devices = compare()
    if sys.argv[1:] == ["lost"]:
        lose_one(two_devices)
