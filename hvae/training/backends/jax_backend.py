"""What training needs of JAX: a gradient, and a step whose state goes in and comes out."""

import contextlib

import jax
import keras

from hvae.training.backends.devices import DevicesBase, too_few_devices

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


def compiled(function, jit):
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


def uses_compiler(jit):
    """Whether XLA compiles the step, for `"on"`, `"off"` or `"auto"`."""
    return jit != "off"


def describe_compiler(jit):
    """How a step is run, and how else it could be."""
    return "XLA" if jit else "operation by operation (--jit: XLA)"


def has_accelerator():
    """Whether there is anything but processors to compute on."""
    return any(device.platform != "cpu" for device in jax.devices())


class Devices(DevicesBase):
    """Parts of one program: XLA divides the step as the batch is, and so all that layers keep.

    Args:
        count: how many; 0 for all accelerators, or one processor.
    """

    def __init__(self, count):
        if count > 1:
            with contextlib.suppress(RuntimeError):  # once it computes, it has what it has
                jax.config.update("jax_num_cpu_devices", count)
        found = keras.distribution.list_devices()
        super().__init__(count or (len(found) if has_accelerator() else 1))
        self._distribution = None
        if self.count > len(found):
            raise too_few_devices(self.count, len(found))
        if self.count > 1:
            self._distribution = keras.distribution.DataParallel(devices=found[: self.count])

    def scope(self):
        # Every device has all variables from the start: one program does for all steps.
        return self._distribution.scope() if self._distribution else super().scope()

    def _on_all(self, function):
        def divide(tensor):
            layout = self._distribution.get_data_layout(tensor.shape)
            return keras.distribution.distribute_tensor(tensor, layout)

        def divided(images, noise, settings):
            return function(divide(images), tuple(map(divide, noise)), settings)

        return divided
