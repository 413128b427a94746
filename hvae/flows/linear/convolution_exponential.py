"""The exponential of a convolution."""

import math

import keras
from keras import ops

from hvae.flows.base import Flow, FlowOutput, constant_log_det
from hvae.flows.linear.kernel_bound import bounded_kernel
from hvae.flows.linear.unit_matrix import unit_matrix
from hvae.layers.initializers import FanInUniform


@keras.saving.register_keras_serializable(package="hvae")
class ConvolutionExponential(Flow):
    """z' = e^W z = Σ_k W^k z / k!, where W is a convolution padded with zeros.

    log|det e^W| = tr W = height · width · Σ_c K[centre, c, c], and the inverse is e^−W. Both
    are those of the whole series: the kernel is held at ‖W‖ ≤ 1, so that what is left out
    is below ‖z‖ / 11!, less than float32 resolves.

    Args:
        kernel_size: side of the kernel K, odd, pixels.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Hoogeboom et al. 2020, Section 3.
    """

    largest_norm = 1.0
    num_terms = 10

    def __init__(self, kernel_size=3, **kwargs):
        super().__init__(**kwargs)
        self.kernel_size = kernel_size

    def build(self, input_shape):
        channels = input_shape[-1]
        self.free_kernel = self.add_weight(
            shape=(self.kernel_size, self.kernel_size, channels, channels),
            initializer=FanInUniform(),
            name="free_kernel",
        )

    @property
    def kernel(self):
        """K, `(height, width, in, out)`."""
        return bounded_kernel(self.free_kernel, self.largest_norm, self.kernel_size**2)

    def maps(self):
        """Functions z → z' and z' → z; for both the kernel is computed once."""
        kernel = self.kernel
        return lambda z: self._exponential(kernel, z), lambda z: self._exponential(-kernel, z)

    def call(self, z, context=None):
        kernel = self.kernel
        return FlowOutput(self._exponential(kernel, z), self._trace(kernel, z))

    def inverse(self, z, context=None):
        kernel = self.kernel
        return FlowOutput(self._exponential(-kernel, z), -self._trace(kernel, z))

    def _trace(self, kernel, z):
        """tr W for a latent of this size, `(batch,)`."""
        middle = self.kernel_size // 2
        trace = ops.sum(kernel[middle, middle] * unit_matrix(z.shape[-1]))
        return constant_log_det(z, z.shape[1] * z.shape[2] * trace)

    def _exponential(self, kernel, z):
        # No power of W is larger than z: factors can wait for the sum, which is one pass.
        total = power = z
        for k in range(1, self.num_terms + 1):
            power = ops.conv(power, kernel, padding="same")
            # Divided by k!, the constant would have a gradient in TensorFlow's graph: ten nodes.
            total = total + power * (1.0 / math.factorial(k))
        return total

    def get_config(self):
        return {**super().get_config(), "kernel_size": self.kernel_size}
