"""Doubling of an image by bilinear interpolation."""

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="hvae")
class BilinearUpsampling(layers.Layer):
    """Doubles height and width; the corner pixels of input and output coincide.

    Keras's own interpolation places pixels by their centres, not by the corners.

    Input shape: `(batch, height, width, channels)`.
    Output shape: `(batch, 2 · height, 2 · width, channels)`.
    """

    def call(self, inputs):
        _, height, width, _ = inputs.shape
        rows = ops.convert_to_tensor(_weights(height), dtype=inputs.dtype)
        columns = ops.convert_to_tensor(_weights(width), dtype=inputs.dtype)
        outputs = ops.einsum("ih,bhwc->biwc", rows, inputs)
        return ops.einsum("jw,biwc->bijc", columns, outputs)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, 2 * height, 2 * width, channels)


def _weights(side):
    """What each of the 2·side pixels takes from each of the side pixels."""
    positions = np.linspace(0.0, side - 1.0, 2 * side)
    distances = np.abs(positions[:, None] - np.arange(side)[None, :])
    return np.maximum(0.0, 1.0 - distances)
