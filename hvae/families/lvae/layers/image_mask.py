"""Zeros around the image."""

import keras
import numpy as np
from keras import layers, ops

from hvae.images.padding import margins


@keras.saving.register_keras_serializable(package="hvae")
class ImageMask(layers.Layer):
    """Features of the padding become zero: what follows sees only the image.

    Args:
        image_size: height and width of the image, in the middle of the padded one.

    Input and output shape: `(batch, padded height, padded width, channels)`.
    """

    def __init__(self, image_size, **kwargs):
        super().__init__(**kwargs)
        self.image_size = tuple(image_size)

    def build(self, input_shape):
        padding = margins(input_shape[1:3], self.image_size)
        self.mask = np.pad(np.ones(self.image_size, "float32"), padding)[None, :, :, None]

    def call(self, inputs):
        return inputs * ops.cast(self.mask, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "image_size": list(self.image_size)}
