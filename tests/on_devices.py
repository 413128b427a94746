"""Updates on two devices, beside those on one, in processes of the backend's own.

KERAS_BACKEND=jax python -m tests.on_devices lost|found FOLDER

With `lost`, in two processes, one device starts a run in the folder, the two go on with it, and
the second of them kills itself. With `found`, in one process, that run goes on on other devices;
under PyTorch it does so in the process that is left.
"""

import contextlib
import os
import pathlib
import random
import shutil
import signal
import sys
import time

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
from tests.backend_outputs import untraced
from tests.conftest import one_block_config, random_images, randomize
from tests.harness import check_equal
from tests.trained_under import Run, small_nvae

BATCH, UPDATES = 8, 20
#: A model that every backend shares out, with a likelihood of few operations.
SHARED = one_block_config(likelihood="gaussian")


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
        check_refused(model, devices, jit)
    images = random_images(config, training.data_batch_size)
    own = part_of_process(devices, images)
    results, evaluator = [], Evaluator(model)
    for number in range(UPDATES):
        results += map(np.asarray, trainer.train_batch(own))
        if number not in (0, 1, UPDATES - 1):
            continue
        with trainer.averaged_weights():
            # One process of several may ask the model, whatever the others do.
            if devices.num_shards > 1 and devices.is_main and number < 2:
                evaluator(images)
            averages = arrays(trainer.variables)
    return [*results, *averages, *arrays([*model.layer_variables, *trainer.state])]


def check_refused(model, devices, jit):
    """Says what the devices cannot share, if there are several."""
    settings = {"batch_size_div": 8} if devices.shares_means else {"regularization_constant": 0.1}
    config = TrainingConfig(batch_size=BATCH, **settings)
    try:
        Trainer(model, config, 10, jit, devices=devices)
    except UserError as error:
        print(f"refused: {error}", flush=True)
    else:
        assert devices.count == 1


def arrays(variables):
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]


def part_of_process(devices, images):
    """What the process reads of a batch."""
    return np.split(images, devices.num_shards)[devices.shard]


def lose_one(devices, folder):
    """A run of one device that two processes go on with, until the second is killed."""
    if devices.is_main:
        with untraced():
            Run(folder, SHARED).train_epoch()
    devices.wait_for_all()
    run = Run(folder, SHARED, devices).train_epoch()
    # torchrun terminates the others as soon as one has gone, which they shall notice by themselves.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if not devices.is_main:
        run.trainer.train_batch(next(run.fit.batches.epoch(run.progress.epoch)))
        os.kill(os.getpid(), signal.SIGKILL)
    started = time.monotonic()
    try:
        run.train_epoch()
    except LostProcess as error:
        assert time.monotonic() < started + 60
        print(f"lost: {error}", flush=True)


def go_on(folder, all_devices):
    """The run of `lose_one` becomes, on any devices, that of one device that nobody stops."""
    with untraced():
        whole = Run(folder / "whole", SHARED)
        for _ in range(3):
            whole.train_epoch()
    for devices in all_devices:
        place = folder / f"on {devices.count}"
        shutil.copytree(folder / "lost", place)
        with untraced() if devices.count == 1 else contextlib.nullcontext():
            run = Run(place, SHARED, devices)
            assert run.progress.epoch == 2
            run.train_epoch()
        assert run.trainer.updates_done == whole.trainer.updates_done
        check_equal(run.state(), whole.state())
        print(f"goes on: {devices.count}", flush=True)


def asked(devices):
    """What a model says of images, and draws: of as many as devices divide, and of one more."""
    with devices.scope():
        random.seed(0)
        model = randomize(HVAE(SHARED), scale=0.2)
    model.devices = devices
    images = random_images(SHARED, BATCH + 1)
    evaluation = Evaluator(model, BATCH // 2)(images, num_samples=2)
    latents = LatentEncoder(model, BATCH // 2)(images)
    drawn = Generator(model, "mean", BATCH // 2)(BATCH + 1)
    few = Evaluator(model)(images[:1])
    arrays = [evaluation.nll, evaluation.kl, *evaluation.kl_of_units, *few.kl_of_units]
    return [*arrays, *latents.z, drawn]


def compare(two, folder):
    """The two devices, whose update is that of one."""
    one = DevicesBase(1)
    if two.num_shards == 1:
        with untraced():
            answers = asked(one)
        for value, expected in zip(asked(two), answers, strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-6)
        print("asked", flush=True)
    if two.shares_means and two.num_shards == 1:
        config, settings = small_nvae(), {"regularization_constant": 0.1}
    else:
        config, settings = SHARED, {"cr_vae": True, "batch_size_div": 2}
    shared = trained(two, config, **settings)
    file = folder / f"one device, {config.model_family}.npz"
    if two.is_main and not file.exists():
        np.savez(file, *trained(one, config, **settings))
    two.wait_for_all()
    with np.load(file) as alone:
        check_equal(shared, alone.values())


def main(what, folder):
    folder = pathlib.Path(folder)
    two = training_backend().Devices(2)
    compare(two, folder)
    if what == "found":
        go_on(folder, [DevicesBase(1), two])
        return
    lose_one(two, folder / "lost")
    if keras.config.backend() == "torch":  # which has one device a process
        go_on(folder, [DevicesBase(1)])


if __name__ == "__main__":
    main(*sys.argv[1:])
