"""GELU, SiLU, leaky ReLU and their own gradients, against the formulas in float64."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import expit, ndtr

from hvae.numerics.elementwise import LEAST_SIZE, elementwise_compiled
from hvae.numerics.gelu import gelu
from hvae.numerics.leaky_relu import leaky_relu
from hvae.numerics.silu import silu

X = np.concatenate([np.linspace(-12, 12, 4001), [-80.0, 0.0, 80.0]]).astype("float32")


def _density(x):
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def _logistic_density(x):
    return expit(x) * expit(-x)


#: f, its value and its derivative.
FUNCTIONS = {
    "gelu": (gelu, lambda x: x * ndtr(x), lambda x: ndtr(x) + x * _density(x)),
    "leaky_relu": (
        lambda x: leaky_relu(x, 0.1),
        lambda x: np.where(x > 0, x, 0.1 * x),
        lambda x: np.where(x > 0, 1.0, 0.1),
    ),
    "silu": (silu, lambda x: x * expit(x), lambda x: expit(x) + x * _logistic_density(x)),
}


def gradient(function, x, upstream):
    """Of the function at x, by the backend in use."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x, tf.constant(upstream)).numpy()
    if backend == "jax":
        import jax

        return np.asarray(jax.vjp(function, x)[1](upstream)[0])
    import torch

    x = torch.tensor(x, requires_grad=True)
    function(x).backward(torch.tensor(upstream))
    return x.grad.numpy()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value(name):
    function, value, _ = FUNCTIONS[name]
    result = ops.convert_to_numpy(function(ops.convert_to_tensor(X)))
    np.testing.assert_allclose(result, value(X.astype("float64")), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.skipif(keras.config.backend() == "openvino", reason="takes no gradients")
def test_gradient(name):
    function, _, slope = FUNCTIONS[name]
    upstream = np.linspace(-2, 2, len(X)).astype("float32")
    expected = upstream * slope(X.astype("float64"))
    np.testing.assert_allclose(gradient(function, X, upstream), expected, rtol=1e-5, atol=2e-6)


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_compiled_functions_are_the_same(name):
    import tensorflow as tf

    from hvae.training.backends.tensorflow_backend import fused

    function, value, slope = FUNCTIONS[name]
    many = np.resize(X, LEAST_SIZE)
    upstream = np.ones_like(many)
    compiled = []

    def counted(of):
        compiled.append(of)
        return fused(of)

    def value_and_gradient(x):
        with elementwise_compiled(counted):
            return function(x), gradient_in_graph(x)

    def gradient_in_graph(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x, tf.constant(upstream))

    results = tf.function(value_and_gradient)(tf.constant(many))
    x = many.astype("float64")
    for result, expected in zip(results, (value(x), slope(x)), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=2e-6)
    # One program each of value and gradient, however often they are called.
    assert len(compiled) == 2


@pytest.mark.tensorflow
def test_leaky_relu_is_none_of_the_operations_whose_fusion_fails():
    """TensorFlow optimizes no graph in which one of these comes after a convolution's bias."""
    import tensorflow as tf

    graph = tf.function(leaky_relu).get_concrete_function(tf.TensorSpec([2, 3])).graph
    assert not {"LeakyRelu", "Maximum"} & {operation.type for operation in graph.get_operations()}


def test_layers_name_them_in_their_configuration():
    for function in (gelu, leaky_relu, silu):
        config = keras.layers.Activation(function).get_config()
        assert function.__name__ in str(config["activation"])
