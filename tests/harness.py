"""Checks that hold for any layer, and gradients on any backend."""

import math

import keras
import numpy as np
from keras import ops

from tests.conftest import assign


def compiled(function, *layers, is_large=False):
    """The function of arrays as one program under JAX, which else compiles every operation.

    Args:
        function: arrays in, a structure of arrays out.
        layers: built layers that it uses. Their weights are inputs of the program, so that they
            may change from call to call, and a layer with other weights is the same program.
            Variables that the function changes have changed afterwards, as without compilation.
        is_large: whether it computes longer than optimizations take to compile.
    """
    if keras.config.backend() != "jax":
        return function
    import jax

    variables = [variable for layer in layers for variable in layer.variables]

    def call(values, *arrays):
        with keras.StatelessScope(state_mapping=list(zip(variables, values))) as scope:
            outputs = function(*arrays)
        after = enumerate(map(scope.get_current_value, variables))
        return outputs, {i: value for i, value in after if value is not values[i]}

    options = {"xla_backend_optimization_level": 1} if is_large else None
    program = jax.jit(call, compiler_options=options)

    def run(*arrays):
        outputs, changed = program([variable.value for variable in variables], *arrays)
        for i, value in changed.items():
            variables[i].assign(value)
        return outputs

    return run


def check_equal(values, others):
    """Arrays are the same to 1e-5 of themselves, or of the largest number in the array."""
    for value, other in zip(values, others, strict=True):
        np.testing.assert_allclose(
            value, other, rtol=1e-5, atol=1e-5 * max(1e-3, np.abs(other).max())
        )


def gradient(function, value):
    """Gradient of a scalar function of one array, as NumPy, on the backend in use."""
    return gradient_function(function)(value)


def gradient_function(function):
    """The function (array, …) → gradient by the first array, as NumPy."""
    both = _gradient_and_outputs_function(lambda *arrays: (function(*arrays), ()))
    return lambda *arrays: both(*arrays)[0]


def _gradient_and_outputs_function(function):
    """The same of a function that gives a structure beside the scalar: the gradient, and that."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        def derivative(value, *others):
            tensor = tf.convert_to_tensor(value)
            with tf.GradientTape() as tape:
                tape.watch(tensor)
                result, outputs = function(tensor, *others)
            return tape.gradient(result, tensor), outputs

    elif backend == "jax":
        import jax

        derivative = jax.jit(jax.grad(function, has_aux=True))
    else:
        import torch

        def derivative(value, *others):
            tensor = ops.convert_to_tensor(value).clone().requires_grad_()
            result, outputs = function(tensor, *others)
            # Of the input only: `backward` would work out the weights' gradients too.
            return torch.autograd.grad(result, tensor)[0], outputs

    def run(*arrays):
        slope, outputs = derivative(*arrays)
        return ops.convert_to_numpy(slope), outputs

    return run


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
        assign(weight, np.abs(values) if weight.name == "moving_variance" else values)

    def squares(x):
        outputs = layer(x)
        return ops.sum(ops.square(outputs)), outputs

    # Both are one program under JAX.
    slope, outputs = _gradient_and_outputs_function(squares)(inputs)
    assert np.isfinite(slope).all() and np.abs(slope).max() > 0
    outputs = ops.convert_to_numpy(outputs)
    assert outputs.shape == output_shape
    assert tuple(layer.compute_output_shape(input_shape)) == output_shape
    assert tuple(layer(keras.Input(input_shape[1:])).shape[1:]) == output_shape[1:]

    if keras.config.backend() == "tensorflow":  # Keras's, and so the same under every backend
        config = keras.saving.serialize_keras_object(layer)
        copy = keras.saving.deserialize_keras_object(config)
        if not copy.built:
            copy.build(input_shape)
        copy.set_weights(layer.get_weights())
        np.testing.assert_allclose(copy(inputs), outputs, rtol=1e-6, atol=1e-6)

    mixed = layer_class(**arguments, dtype="mixed_bfloat16")
    mixed.build(input_shape)
    rounded = compiled(mixed, mixed)(inputs)
    assert keras.backend.standardize_dtype(rounded.dtype) == "bfloat16"
    assert all(weight.dtype == "float32" for weight in mixed.weights)


def variable_gradient(function, variable):
    """Gradient of a scalar function of no arguments with respect to a Keras variable."""
    return variable_gradients(function, [variable])[0]


def variable_gradients(function, variables):
    """The same of several, as NumPy; None where the function does not depend on a variable."""
    return gradients_and_outputs(lambda: (function(), ()), variables)[0]


def gradients_and_outputs(function, variables):
    """Gradients of a scalar, and what is computed with it: one program under JAX.

    Args:
        function: of no arguments, to the scalar and a structure of tensors.
        variables: Keras variables.

    Returns:
        The gradients as those of `variable_gradients`, and the structure.
    """
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            result, outputs = function()
        gradients = tape.gradient(result, [variable.value for variable in variables])
    elif backend == "jax":
        import jax

        def of_values(values):
            with keras.StatelessScope(state_mapping=list(zip(variables, values))):
                return function()

        program = jax.jit(jax.grad(of_values, has_aux=True))
        gradients, outputs = program([variable.value for variable in variables])
    else:
        import torch

        result, outputs = function()
        values = [variable.value for variable in variables]
        gradients = torch.autograd.grad(result, values, allow_unused=True)
    return [None if g is None else ops.convert_to_numpy(g) for g in gradients], outputs


def assert_every_weight_matters(outputs_of, variables):
    """Outputs depend on every variable: nothing is built that is not used.

    Args:
        outputs_of: function of no arguments that gives a list of tensors.
        variables: Keras variables with random values.
    """
    rng, chosen = np.random.default_rng(0), []

    def mixed():
        outputs = outputs_of()
        if not chosen:
            chosen.extend(rng.standard_normal(x.shape).astype("float32") for x in outputs)
        return sum(ops.sum(ops.multiply(x, c)) for x, c in zip(outputs, chosen))

    for variable, slope in zip(variables, variable_gradients(mixed, variables)):
        assert slope is not None and slope.any(), variable.path


def compiled_jacobian(function, *layers):
    """The function (array, …) → Jacobian by the array, `(outputs, inputs)`, as NumPy.

    Worth its compilation for large arrays and many calls; see `jacobians` for small ones.

    Args:
        function: arrays in, one tensor out.
        layers: built layers that it uses; their weights may change from call to call.
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

        derivative = compiled(jax.jacrev(function), *layers)
    else:
        from torch.autograd.functional import jacobian as torch_jacobian

        def derivative(value, *others):
            return torch_jacobian(lambda x: function(x, *others), value, vectorize=True)

    def evaluate(*arrays):
        tensors = [ops.convert_to_tensor(array) for array in arrays]
        return ops.convert_to_numpy(derivative(*tensors)).reshape(-1, arrays[0].size)

    return evaluate


def jacobians(function, values, *others, largest_batch=1024):
    """Jacobian by each input of a batch, `(batch, size, size)`, as NumPy.

    Args:
        function: of `values` and `others`, to the shape of `values`. It does to an input the same
            whatever else is in the batch.
        values: `(batch, …)`, `size` numbers each.
        others: further arrays with an entry for each input.
        largest_batch: entries given to the function at once, about.
    """
    shape, size = values.shape[1:], math.prod(values.shape[1:])
    parts = math.ceil(len(values) * size / largest_batch)
    # Parts of one length, and so one program: where they are too long, the first come again.
    indices = np.resize(np.arange(len(values)), (parts, math.ceil(len(values) / parts)))
    # An input has as many copies as there are outputs: each gives the gradient of one.
    rows = np.eye(size, dtype="float32").reshape(size, *shape)
    chosen = np.tile(rows, (indices.shape[1],) + len(shape) * (1,))

    def mixed(copies, chosen, *others):
        return ops.sum(function(copies, *others) * ops.convert_to_tensor(chosen))

    derivative, results = gradient_function(mixed), []
    for part in indices:
        copies, *context = (np.repeat(array[part], size, axis=0) for array in (values, *others))
        results.append(derivative(copies, chosen, *context))
    return np.concatenate(results).reshape(-1, size, size)[: len(values)]
