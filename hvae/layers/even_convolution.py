"""Convolution with an even kernel that keeps the image's size."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="hvae")
class EvenConvolution(layers.Conv2D):
    """A convolution whose odd row and column of zeros are above and on the left.

    Keras's `"same"` has them below and on the right, which shifts the result by a pixel.

    Args:
        filters: channels of the result.
        kernel_size: side of the kernel, even, pixels.

    Input shape: `(batch, height, width, channels)`.
    Output shape: `(batch, height, width, filters)`.

    Reference:
        Hazami et al. 2022, the published PyTorch code's padding.
    """

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(filters, kernel_size, **{**kwargs, "padding": "valid"})

    def call(self, inputs):
        sides = [[size // 2, (size - 1) // 2] for size in self.kernel_size]
        return super().call(ops.pad(inputs, [[0, 0], *sides, [0, 0]]))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)
