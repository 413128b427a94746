"""What training needs of TensorFlow: a gradient, and a compiled function."""

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
    return tf.function(function, jit_compile=jit, reduce_retracing=False)
