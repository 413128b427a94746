"""Two devices make the update of one."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys

import pytest

from hvae.errors import UserError
from hvae.training.backends import jax_backend
from hvae.training.backends.devices import DevicesBase, check_all_used, lost_process
from hvae.training.config import TrainingConfig

pytestmark = pytest.mark.tensorflow  # in processes of their own: once

ROOT = pathlib.Path(__file__).parents[3]
MODULE = [sys.executable, "-m", "tests.on_devices"]
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
REFUSED = {
    "jax": "devices: must divide the 1 images of a micro-batch. Received: 2",
    "tensorflow": "gamma_max_steps are shared under jax only. Received: 2",
    "torch": "gamma_max_steps are shared under jax only. Received: 2",
}


def started(backend, command, **environment):
    """A process of its own, whose messages are read together."""
    return subprocess.Popen(
        command,
        env={**os.environ, "KERAS_BACKEND": backend, **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def by_torchrun(command):
    return [started("torch", [sys.executable, *TORCHRUN, *command[1:]])]


def free_addresses():
    """Two on this machine."""
    with contextlib.ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(2)]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        return ["{}:{}".format(*free.getsockname()) for free in sockets]


def by_tf_config(command):
    """One process a worker, as a cluster starts them on its machines."""
    workers = free_addresses()
    tasks = [{"type": "worker", "index": index} for index in range(2)]
    configs = [json.dumps({"cluster": {"worker": workers}, "task": task}) for task in tasks]
    return [started("tensorflow", command, TF_CONFIG=config) for config in configs]


def by_job_addresses(command):
    """As Keras's environment describes them."""
    shared = {"JOB_ADDRESSES": ",".join(free_addresses()), "NUM_PROCESSES": "2"}
    return [started_in_cluster(command, shared | {"PROCESS_ID": str(i)}) for i in range(2)]


def started_in_cluster(command, values):
    variables = {f"KERAS_DISTRIBUTION_{name}": value for name, value in values.items()}
    return started("jax", command, **variables)


#: What starts two processes of a backend.
STARTS = {"torch": by_torchrun, "tensorflow": by_tf_config, "jax": by_job_addresses}


@pytest.fixture(scope="module", params=STARTS)
def lost(request, tmp_path_factory):
    """A backend, where its run is of which a process was killed, and what each has printed."""
    folder = tmp_path_factory.mktemp(request.param)
    processes = STARTS[request.param]([*MODULE, "lost", str(folder)])
    return request.param, folder, [process.communicate(timeout=300)[0] for process in processes]


def test_processes_make_the_update_of_one_and_say_which_is_lost(lost):
    backend, _, outputs = lost
    assert all(REFUSED[backend] in output for output in outputs), outputs[0][-3000:]
    assert "lost: process 0 of 2 no longer hears from process 1. Received: " in outputs[0]


def test_a_run_that_lost_a_process_goes_on_and_two_devices_make_the_update_of_one(lost):
    """Of these: losses, norm, weights, moments, average, what a model is asked, what is refused."""
    backend, folder, outputs = lost
    if backend == "torch":  # which has one device a process
        assert "goes on: 1" in outputs[0], outputs[0][-3000:]
        return
    process = started(backend, [*MODULE, "found", str(folder)])
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output[-3000:]
    assert "goes on: 1" in output
    assert "goes on: 2" in output
    assert "asked" in output
    assert REFUSED[backend] in output


@pytest.mark.parametrize(
    "processes, message, whom",
    [
        (2, "Connection closed by peer [127.0.0.1]:4321", "process 1"),
        (3, "Connection closed by peer [127.0.0.1]:4321", "the others; whoever started them"),
        (3, "no heartbeat: /job:jax_worker/replica:0/task:2 of task:0", "process 2"),
    ],
)
def test_who_is_lost_is_named_where_it_is_known(processes, message, whom):
    devices = DevicesBase(processes)
    devices.num_shards = processes
    error = str(lost_process(devices, message))
    assert error.startswith(f"process 0 of {processes} no longer hears from {whom}")
    assert error.endswith(f". Received: {message}")


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


def test_processes_use_all_their_devices():
    for count in (0, 2, 4):
        check_all_used(count, found=4, processes=2)
    with pytest.raises(UserError, match="the 2 processes have 4 together. Received: 3"):
        check_all_used(3, found=4, processes=2)


def test_a_process_of_jax_knows_its_number(monkeypatch):
    monkeypatch.setenv("KERAS_DISTRIBUTION_JOB_ADDRESSES", "127.0.0.1:1")
    monkeypatch.setenv("KERAS_DISTRIBUTION_NUM_PROCESSES", "two")
    with pytest.raises(UserError, match="NUM_PROCESSES: must be a whole number .* 'two'"):
        jax_backend.Devices(2)


def test_a_process_has_its_part_of_a_batch():
    devices = DevicesBase(2)
    devices.shard, devices.num_shards = 1, 2
    assert devices.own(range(8)) == range(4, 8)
    assert not devices.is_main
