"""What training needs of TensorFlow: a gradient, and compiled functions."""

import tensorflow as tf


def value_and_gradients(function, variables):
    """`function()` and the gradients of its first result.

    Args:
        function: takes nothing, returns `(scalar loss, anything)`.
        variables: Keras variables.

    Returns:
        The function's result, and one gradient per variable.
    """
    with tf.GradientTape() as tape:
        loss, extra = function()
    gradients = tape.gradient(
        loss, [v.value for v in variables], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return (loss, extra), gradients


def compiled(function, jit):
    """The function as a graph, through XLA if `jit`."""
    # No Python control flow depends on a tensor: rewriting it by AutoGraph takes seconds.
    return tf.function(function, jit_compile=jit, reduce_retracing=False, autograph=False)


def shared(function):
    """The function as a graph of its own, which stays one however often it is called.

    Inlined into the graph that calls it, it would be optimised anew at every place.
    """
    return tf.function(function, autograph=False, experimental_attributes={"_noinline": True})


def fused(function):
    """The function as a program of XLA, also within a graph that XLA does not compile.

    An elementwise formula becomes one pass over memory, on all cores: GELU takes a third of the
    time, and one program serves all tensors of a shape.
    """
    return tf.function(function, jit_compile=True, autograph=False)


def uses_xla(jit):
    """Whether XLA compiles the gradient, for `"on"`, `"off"` or `"auto"`: on an accelerator.

    On processors it compiles longer than it gains, and for deep models takes more memory
    than they have.
    """
    if jit == "auto":
        return any(device.device_type != "CPU" for device in tf.config.get_visible_devices())
    return jit == "on"
