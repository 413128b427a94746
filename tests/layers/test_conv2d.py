"""Keras's convolution of a concatenation, against sums over pixels in float64."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from hvae.layers.conv2d import Conv2D

CHANNELS = (3, 1, 4)


def convolved(images, kernel, bias):
    """Float64, `(batch, height, width, filters)`; zeros beyond the border."""
    margin = kernel.shape[0] // 2
    padded = np.pad(images.astype("float64"), [(0, 0), (margin,) * 2, (margin,) * 2, (0, 0)])
    height, width = images.shape[1:3]
    result = np.zeros((*images.shape[:3], kernel.shape[3])) + bias
    for i, row in enumerate(kernel.astype("float64")):
        for j, weights in enumerate(row):
            result += padded[:, i : i + height, j : j + width] @ weights
    return result


@pytest.mark.parametrize("size", [1, 3])
def test_several_inputs_are_read_as_their_concatenation(size, rng):
    layer = Conv2D(5, size, padding="same")
    layer.build((None, 4, 6, sum(CHANNELS)))
    layer.bias.assign(rng.standard_normal(5))
    parts = [rng.standard_normal((2, 4, 6, n)).astype("float32") for n in CHANNELS]
    joint = np.concatenate(parts, axis=-1)
    expected = convolved(joint, *map(ops.convert_to_numpy, (layer.kernel, layer.bias)))
    for given in (joint, [joint], parts):
        np.testing.assert_allclose(ops.convert_to_numpy(layer(given)), expected, atol=1e-5)


def test_its_weights_are_read_from_files_of_keras(tmp_path):
    models = []
    for layer in (layers.Conv2D(5, 1), Conv2D(5, 1)):
        models.append(keras.Sequential([layer]))
        models[-1].build((None, 4, 4, 2))
    models[0].save_weights(tmp_path / "x.weights.h5")
    models[1].load_weights(tmp_path / "x.weights.h5")
    for theirs, ours in zip(models[0].weights, models[1].weights):
        np.testing.assert_array_equal(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs))
