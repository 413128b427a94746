"""What training needs of JAX: a gradient, and a step whose state goes in and comes out."""

import contextlib
import functools
import os
import re

import jax
import keras
from jax.experimental import multihost_utils

from hvae.errors import UserError
from hvae.training.backends.devices import (
    DevicesBase,
    check_all_used,
    lost_process,
    too_few_devices,
)

#: Keras's names of what tells a process of the others.
_CLUSTER = "KERAS_DISTRIBUTION_"
_ADDRESSES, _PROCESSES, _PROCESS = (
    _CLUSTER + name for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID")
)
#: What JAX's errors name where another process is gone: no class tells them from the rest.
_OF_OTHERS = re.compile("gloo|nccl|heartbeat", re.IGNORECASE)
#: After so long without a sign of life a process is lost.
_SECONDS_OF_SILENCE = 30

#: XLA makes one program of all, and fuses what is elementwise.
shared = fused = None
#: JAX keeps the arguments of what it computes again.
recomputed = jax.checkpoint


def value_and_gradients(function, variables, others):
    """`function()` and the gradients of its first result.

    Args:
        function: takes nothing, returns `(scalar loss, anything)`.
        variables: Keras variables.
        others: the other variables that it reads or assigns.

    Returns:
        The function's result, and one gradient per variable.
    """

    def pure(values, state):
        pairs = [*zip(variables, values), *zip(others, state)]
        with keras.StatelessScope(pairs) as scope:
            loss, extra = function()
        return loss, (extra, [scope.get_current_value(variable) for variable in others])

    before = [variable.value for variable in others]
    gradient = jax.value_and_grad(pure, has_aux=True)
    (loss, (extra, after)), gradients = gradient([v.value for v in variables], before)
    for variable, old, new in zip(others, before, after):
        if new is not old:
            variable.assign(new)
    return (loss, extra), gradients


def kept_bytes(function, arguments):
    """`None`: XLA decides what is kept while it compiles."""
    return None


def compiled(function, variables, jit):
    """The function itself: a step is one program with all that it calls."""
    return function


def stepped(function, variables, jit):
    """The function as one program, given the variables' values and giving back new ones.

    The memory of the old ones is that of the new: nothing else may hold them.

    Args:
        function: of tensors, reads and assigns no variables but these.
        variables: Keras variables.
        jit: whether XLA compiles it.
    """

    def pure(values, *arguments):
        with keras.StatelessScope(zip(variables, values)) as scope:
            result = function(*arguments)
        return result, [scope.get_current_value(variable) for variable in variables]

    program = jax.jit(pure, donate_argnums=0) if jit else pure

    def step(*arguments):
        result, values = program([variable.value for variable in variables], *arguments)
        for variable, value in zip(variables, values):
            variable.assign(value)
        return result

    return step


drawing = stepped
#: A function as one program: of small operations, JAX compiles each by itself, for every shape.
at_once = jax.jit


def uses_compiler(jit):
    """Whether XLA compiles the step, for `"on"`, `"off"` or `"auto"`."""
    return jit != "off"


def describe_compiler(jit):
    """How a step is run, and how else it could be."""
    return "XLA" if jit else "operation by operation (--jit: XLA)"


@functools.cache
def _meet_others():
    """Wait for the processes that the environment tells of: JAX then has the devices of all."""
    if _ADDRESSES not in os.environ:
        return
    # Else a process that loses another is ended from outside Python, and SIGTERM is not ours.
    jax.config.update("jax_enable_recoverability", True)
    jax.config.update("jax_enable_preemption_service", False)
    number, count = (_whole_of_environment(name) for name in (_PROCESS, _PROCESSES))
    jax.distributed.initialize(
        os.environ[_ADDRESSES].split(",")[0],
        count,
        number,
        cluster_detection_method="deactivate",
        heartbeat_timeout_seconds=_SECONDS_OF_SILENCE,
        shutdown_timeout_seconds=_SECONDS_OF_SILENCE,
    )


def _whole_of_environment(name):
    text = os.environ.get(name, "")
    if not text.isdecimal():
        raise UserError(f"{name}: must be a whole number beside {_ADDRESSES}. Received: {text!r}")
    return int(text)


def has_accelerator():
    """Whether there is anything but processors to compute on."""
    _meet_others()
    return any(device.platform != "cpu" for device in jax.devices())


class Devices(DevicesBase):
    """Parts of one program: XLA divides the step as the batch is, and so all that layers keep.

    In a process of several that Keras's KERAS_DISTRIBUTION_JOB_ADDRESSES, _NUM_PROCESSES and
    _PROCESS_ID describe, the devices of all of them: every process runs that program, and brings
    its part of the images.

    Args:
        count: how many; 0 for all accelerators, or one processor of each process.
    """

    def __init__(self, count):
        if count > 1:
            processes = _whole_of_environment(_PROCESSES) if _ADDRESSES in os.environ else 1
            with contextlib.suppress(RuntimeError):  # once it computes, it has what it has
                jax.config.update("jax_num_cpu_devices", max(1, count // processes))
        _meet_others()
        self.shard, self.num_shards = jax.process_index(), jax.process_count()
        found = keras.distribution.list_devices()
        if self.num_shards > 1:
            check_all_used(count, len(found), self.num_shards)
            count = len(found)
        super().__init__(count or (len(found) if has_accelerator() else 1))
        self._distribution = None
        if self.count > len(found):
            raise too_few_devices(self.count, len(found))
        if self.count > 1:
            self._distribution = keras.distribution.DataParallel(devices=found[: self.count])

    @contextlib.contextmanager
    def scope(self):
        # Every device has all variables from the start: one program does for all steps.
        with self._distribution.scope() if self._distribution else super().scope():
            try:
                yield
            except (jax.errors.JaxRuntimeError, ValueError) as error:
                if self.num_shards == 1 or not _OF_OTHERS.search(str(error)):
                    raise
                raise lost_process(self, str(error)) from error

    def own(self, batch):
        return batch

    def whole(self, images):
        if self.num_shards == 1:
            return super().whole(images)
        layout = self._distribution.get_data_layout(images.shape).backend_layout
        return jax.make_array_from_process_local_data(layout, images)

    def predicted(self, function, inputs):
        if self._distribution and len(jax.tree.leaves(inputs)[0]) % self.count == 0:
            inputs = jax.tree.map(self._divide, inputs)
        return function(inputs)

    def alone(self, variables):
        if self.num_shards == 1:
            return super().alone(variables)
        # Each device has all of a variable. A program of the devices of all would be compiled by
        # all, and this one may be the only one to compute. Copies: Keras's programs take the
        # memory of what they are given.
        own = [(v, jax.numpy.array(v.value.addressable_data(0))) for v in variables]
        return keras.StatelessScope(own)

    def wait_for_all(self):
        if self.num_shards > 1:
            with self.scope():
                multihost_utils.sync_global_devices("end")

    def _on_all(self, function):
        def divided(images, noise, settings):
            return function(self._divide(images), tuple(map(self._divide, noise)), settings)

        return divided

    def _divide(self, tensor):
        layout = self._distribution.get_data_layout(tensor.shape)
        return keras.distribution.distribute_tensor(tensor, layout)
