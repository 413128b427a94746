"""GELU and its own gradient, against the formula in float64."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import ndtr

from hvae.numerics.gelu import gelu

X = np.concatenate([np.linspace(-12, 12, 4001), [-80.0, 0.0, 80.0]]).astype("float32")


def gradient(x, upstream):
    """Of `gelu` at x, by the backend in use."""
    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = gelu(x)
        return tape.gradient(y, x, tf.constant(upstream)).numpy()
    if backend == "jax":
        import jax

        return np.asarray(jax.vjp(gelu, x)[1](upstream)[0])
    import torch

    x = torch.tensor(x, requires_grad=True)
    gelu(x).backward(torch.tensor(upstream))
    return x.grad.numpy()


def test_value():
    x = X.astype("float64")
    result = ops.convert_to_numpy(gelu(ops.convert_to_tensor(X)))
    np.testing.assert_allclose(result, x * ndtr(x), rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(keras.config.backend() == "openvino", reason="takes no gradients")
def test_gradient():
    x = X.astype("float64")
    upstream = np.linspace(-2, 2, len(X)).astype("float32")
    density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    expected = upstream * (ndtr(x) + x * density)
    np.testing.assert_allclose(gradient(X, upstream), expected, rtol=1e-5, atol=2e-6)
