"""What training needs of JAX: a gradient, and a step whose state goes in and comes out."""

import jax
import keras

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
