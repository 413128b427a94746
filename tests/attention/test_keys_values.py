import keras
import numpy as np
from keras import ops

from hvae.attention.keys_values import KeysValuesProjection
from tests.conftest import assign


def projection(rng, **options):
    layer = KeysValuesProjection(3, **options)
    layer.build((None, 4, 2, 5))
    for weight in layer.weights:
        assign(weight, rng.standard_normal(weight.shape))
    return layer


def test_values_and_keys(rng):
    layer = projection(rng)
    x = rng.standard_normal((2, 4, 2, 5)).astype("float32")
    scale, shift, kernel, bias = (ops.convert_to_numpy(w) for w in layer.weights)
    normal = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-3)
    normal = normal * scale + shift
    keys, values = (ops.convert_to_numpy(part) for part in layer(x))
    np.testing.assert_allclose(keys[:, :, :, 0], normal @ kernel[0, 0] + bias, rtol=1e-4, atol=1e-5)
    gelu = ops.convert_to_numpy(keras.activations.gelu(ops.convert_to_tensor(normal)))
    np.testing.assert_allclose(values[:, :, :, 0], x + gelu, rtol=1e-4, atol=1e-5)


def test_it_comes_back_from_its_configuration(rng):
    layer = projection(rng)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    if not copy.built:
        copy.build((None, 4, 2, 5))
    copy.set_weights(layer.get_weights())
    x = rng.standard_normal((2, 4, 2, 5)).astype("float32")
    for a, b in zip(layer(x), copy(x)):
        np.testing.assert_array_equal(ops.convert_to_numpy(a), ops.convert_to_numpy(b))


def test_it_follows_a_mixed_policy(rng):
    layer = projection(rng, dtype="mixed_bfloat16")
    parts = layer(rng.standard_normal((2, 4, 2, 5)).astype("float32"))
    assert [keras.backend.standardize_dtype(p.dtype) for p in parts] == ["bfloat16"] * 2
