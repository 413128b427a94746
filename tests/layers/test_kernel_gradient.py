"""A convolution's gradient where it is no convolution of the backend's."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from hvae.layers.conv2d import Conv2D
from hvae.layers.kernel_gradient import gains
from tests.harness import gradient, variable_gradient

SHAPE = (2, 16, 16, 32)


@pytest.mark.parametrize("size", [(3, 3), (1, 5)])
def test_gradients_are_those_of_the_backends_convolution(size, rng):
    inputs, weights = (rng.standard_normal(SHAPE).astype("float32") for _ in range(2))
    found = []
    for layer in (Conv2D(32, size, padding="same"), layers.Conv2D(32, size, padding="same")):
        layer.build(SHAPE)
        layer.kernel.assign(np.random.default_rng(1).standard_normal(layer.kernel.shape))

        def loss(inputs, layer=layer):
            return ops.sum(layer(inputs) * ops.convert_to_tensor(weights))

        of_kernel = variable_gradient(lambda: loss(inputs), layer.kernel)  # noqa: B023
        found.append((gradient(loss, inputs), of_kernel))
    for own, backends in zip(*found, strict=True):
        np.testing.assert_allclose(own, backends, rtol=1e-4, atol=1e-3)


def test_it_is_used_where_it_gains():
    wide, narrow = (3, 3, 32, 32), (3, 3, 16, 32)
    is_jax = keras.config.backend() == "jax"
    on_processor = is_jax and keras.distribution.list_devices()[0].startswith("cpu")
    assert gains((None, 16, 16, 32), wide) == on_processor
    assert not gains((None, 8, 8, 32), wide)
    assert not gains((None, 16, 16, 16), narrow)
    assert not gains((None, 16, 16, 32), (2, 2, 32, 32))
