"""The two-dimensional convolution of Keras, for what hierarchical VAEs do most."""

import itertools

import keras
from keras import layers, ops

from hvae.layers.kernel_gradient import convolved, gains


@keras.saving.register_keras_serializable(package="hvae")
class Conv2D(layers.Conv2D):
    """Keras's with a bias, without strides, dilation or activation: a shorter way to its result.

    Several inputs are read as their concatenation along the channels, which is not made, nor
    kept for the gradient. A 1×1 kernel is a product of matrices, whose gradient processors
    compute faster than that of a convolution. The bias is not given another shape, and `ops.add`
    knows it as one, for which TensorFlow has an operation: every one less is less to trace.

    It has the name of Keras's class: the places of weights in files are made of it.

    Args:
        filters, kernel_size, ...: as of `keras.layers.Conv2D`, `padding` being `"same"`.

    Call arguments:
        inputs: `(batch, height, width, channels)`; or a list of such tensors of one size, whose
            channels add up to those the layer was built for.

    Output shape: `(batch, height, width, filters)`.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = None  # It knows of one input only.

    def call(self, inputs):
        return ops.add(self.convolution_op(inputs, self.kernel), self.bias)

    def convolution_op(self, inputs, kernel):
        parts = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        if len(parts) == 1:
            return self._convolved(parts[0], kernel)
        widths = [x.shape[-1] for x in parts]
        *ends, _ = itertools.accumulate(widths)
        # Of one width their number will do: TensorFlow works the places of others out in the graph.
        kernels = ops.split(kernel, ends if len(set(widths)) > 1 else len(parts), axis=2)
        return sum(self._convolved(x, part) for x, part in zip(parts, kernels))

    def _convolved(self, inputs, kernel):
        if self.kernel_size == (1, 1):
            return ops.tensordot(inputs, ops.squeeze(kernel, (0, 1)), axes=1)
        if gains(inputs.shape, kernel.shape):
            return convolved(inputs, kernel)
        return super().convolution_op(inputs, kernel)
