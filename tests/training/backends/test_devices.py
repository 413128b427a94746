"""Two devices make the update of one."""

import os
import pathlib
import subprocess
import sys

import pytest

from hvae.errors import UserError
from hvae.training.backends.devices import DevicesBase
from hvae.training.config import TrainingConfig

pytestmark = pytest.mark.tensorflow  # in processes of their own: once

ROOT = pathlib.Path(__file__).parents[3]
MODULE = ["-m", "tests.on_devices"]
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
COMMANDS = {"jax": MODULE, "tensorflow": MODULE, "torch": [*TORCHRUN, *MODULE]}
REFUSED = {
    "jax": "devices: must divide the 1 images of a micro-batch. Received: 2",
    "tensorflow": "gamma_max_steps are shared under jax only. Received: 2",
    "torch": "gamma_max_steps are shared under jax only. Received: 2",
}


@pytest.mark.parametrize("backend", COMMANDS)
def test_two_devices_make_the_update_of_one(backend):
    """Losses, norm, weights, moments, average; what cannot be shared is refused."""
    environment = {**os.environ, "KERAS_BACKEND": backend}
    command = [sys.executable, *COMMANDS[backend]]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert REFUSED[backend] in done.stdout


def test_who_loses_a_process_says_so():
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    command = [sys.executable, *COMMANDS["torch"], "lost"]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "lost: process 0 of 2 no longer hears from the others" in done.stdout
    assert "(SIGKILL)" in done.stderr


class Apart(DevicesBase):
    """Devices that know their own rows only."""

    shares_means = False


@pytest.mark.parametrize(
    "settings, has_state",
    [
        ({}, True),
        ({"kl_balancing": True, "beta_warmup_epochs": 1}, False),
        ({"gamma_max_steps": 2}, False),
    ],
)
def test_means_over_the_batch_are_not_taken_apart(settings, has_state):
    config = TrainingConfig(batch_size=8, **settings)
    for devices in (Apart(1), DevicesBase(2)):
        devices.check(config, has_state)
    with pytest.raises(UserError, match="under jax only. Received: 2"):
        Apart(2).check(config, has_state)


def test_a_process_has_its_part_of_a_batch():
    devices = DevicesBase(2)
    devices.shard, devices.num_shards = 1, 2
    assert devices.own(range(8)) == range(4, 8)
    assert not devices.is_main
