"""An orthogonal 1×1 convolution."""

import keras
from keras import ops

from hvae.flows.base import Flow, FlowOutput, constant_log_det
from hvae.flows.linear.householder import orthonormal_columns
from hvae.layers.initializers import FanInUniform


@keras.saving.register_keras_serializable(package="hvae")
class HouseholderConvolution(Flow):
    """z' = z H₁ … H_n for the channels of every pixel, with H = I − 2uu^T, ‖u‖ = 1.

    The product is orthogonal whatever the weights v, with u = v/‖v‖: log|det| = 0, and
    its inverse is its transpose.

    Args:
        num_reflections: n.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Tomczak & Welling 2016, Section 3.1; Hoogeboom et al. 2020, Section 4.
    """

    def __init__(self, num_reflections=8, **kwargs):
        super().__init__(**kwargs)
        self.num_reflections = num_reflections

    def build(self, input_shape):
        self.vectors = self.add_weight(
            shape=(input_shape[-1], self.num_reflections),
            initializer=FanInUniform(),
            name="vectors",
        )

    @property
    def matrix(self):
        """H₁ … H_n, `(channels, channels)`."""
        return orthonormal_columns(self.vectors, self.vectors.shape[0])

    def maps(self):
        """Functions z → z' and z' → z; for both the matrix is computed once."""
        matrix = self.matrix
        return lambda z: ops.matmul(z, matrix), lambda z: ops.matmul(z, ops.transpose(matrix))

    def call(self, z, context=None):
        there, _ = self.maps()
        return FlowOutput(there(z), constant_log_det(z, 0.0))

    def inverse(self, z, context=None):
        _, back = self.maps()
        return FlowOutput(back(z), constant_log_det(z, 0.0))

    def get_config(self):
        return {**super().get_config(), "num_reflections": self.num_reflections}
