import warnings

import keras
import numpy as np
import pytest
from keras import ops

from hvae.flows.autoregressive.autoregressive_convolution import AutoregressiveConvolution
from hvae.layers.weight_norm_convolution import WeightNormConvolution


class Outer(keras.layers.Layer):
    """A layer of a user, who leaves it to Keras to build the one within: with symbols."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)


@pytest.mark.parametrize(
    "make",
    [lambda: WeightNormConvolution(4, 3), lambda: AutoregressiveConvolution(4, 3, groups=3)],
)
def test_it_is_built_within_a_layer_that_does_not_build_it(make):
    images = keras.Input((4, 4, 3))
    layer = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = keras.Model(images, Outer(layer)(images))
    assert len(model.weights) == 3
    gain, kernel = (ops.convert_to_numpy(value) for value in (layer.gain, layer.kernel))
    np.testing.assert_allclose(gain, np.sqrt((kernel**2).sum((0, 1, 2))), rtol=1e-5)
    mask = getattr(layer, "mask", 1.0)
    np.testing.assert_allclose(kernel, ops.convert_to_numpy(layer.direction) * mask, rtol=1e-5)
