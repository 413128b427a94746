"""Checks that hold for any layer, and gradients on any backend."""

import keras
import numpy as np
from keras import ops


def gradient(function, value):
    """Gradient of a scalar function of one array, as NumPy, on the backend in use."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tensor = tf.convert_to_tensor(value)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            result = function(tensor)
        return tape.gradient(result, tensor).numpy()
    if backend == "jax":
        import jax

        return np.asarray(jax.grad(function)(value))
    import torch

    tensor = torch.tensor(value, requires_grad=True)
    # Of the input only: `backward` would work out the weights' gradients too.
    return torch.autograd.grad(function(tensor), tensor)[0].numpy()


def run_layer_test(layer_class, arguments, input_shape, output_shape, weight_count):
    """What every layer must do.

    It builds from a shape with the given number of weights; gives the promised shape,
    eagerly and symbolically; comes back from its configuration and its weights with the
    same numbers; follows a mixed dtype policy; and has finite gradients.
    """
    layer = layer_class(**arguments)
    layer.build(input_shape)
    assert len(layer.weights) == weight_count
    inputs = np.random.default_rng(0).standard_normal(input_shape).astype("float32")
    for weight in layer.weights:
        values = np.random.default_rng(1).standard_normal(weight.shape) * 0.3
        weight.assign(np.abs(values) if weight.name == "moving_variance" else values)
    outputs = ops.convert_to_numpy(layer(inputs))
    assert outputs.shape == output_shape
    assert tuple(layer.compute_output_shape(input_shape)) == output_shape
    assert tuple(layer(keras.Input(input_shape[1:])).shape[1:]) == output_shape[1:]

    config = keras.saving.serialize_keras_object(layer)
    copy = keras.saving.deserialize_keras_object(config)
    if not copy.built:
        copy.build(input_shape)
    copy.set_weights(layer.get_weights())
    np.testing.assert_allclose(ops.convert_to_numpy(copy(inputs)), outputs, rtol=1e-6, atol=1e-6)

    mixed = layer_class(**arguments, dtype="mixed_bfloat16")
    mixed.build(input_shape)
    assert keras.backend.standardize_dtype(mixed(inputs).dtype) == "bfloat16"
    assert all(weight.dtype == "float32" for weight in mixed.weights)

    slope = gradient(lambda x: ops.sum(ops.square(layer(x))), inputs)
    assert np.isfinite(slope).all() and np.abs(slope).max() > 0


def variable_gradient(function, variable):
    """Gradient of a scalar function of no arguments with respect to a Keras variable."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            result = function()
        return tape.gradient(result, variable.value).numpy()
    if backend == "jax":
        import jax

        def of_value(value):
            with keras.StatelessScope(state_mapping=[(variable, value)]):
                return function()

        return np.asarray(jax.grad(of_value)(variable.value))
    function().backward()
    return variable.value.grad.numpy()


def compiled_jacobian(function):
    """The function (array, …) → Jacobian by the array, `(outputs, inputs)`, as NumPy.

    Worth its compilation for large arrays and many calls; for one call see `jacobian`.
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        @tf.function
        def derivative(value, *others):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(value)
                result = function(value, *others)
            return tape.jacobian(result, value)

    elif backend == "jax":
        import jax

        derivative = jax.jit(jax.jacrev(function))
    else:
        from torch.autograd.functional import jacobian as torch_jacobian

        def derivative(value, *others):
            return torch_jacobian(lambda x: function(x, *others), value, vectorize=True)

    def evaluate(*arrays):
        tensors = [ops.convert_to_tensor(array) for array in arrays]
        return ops.convert_to_numpy(derivative(*tensors)).reshape(-1, arrays[0].size)

    return evaluate


def jacobian(function, value):
    """Jacobian of a function of one array for one input, `(outputs, inputs)`, as NumPy."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tensor = tf.convert_to_tensor(value)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            result = function(tensor)
        matrix = tape.jacobian(result, tensor).numpy()
    elif backend == "jax":
        import jax

        matrix = np.asarray(jax.jacrev(function)(value))
    else:
        import torch

        matrix = torch.autograd.functional.jacobian(function, torch.tensor(value)).numpy()
    return matrix.reshape(-1, value.size)
