"""A scale and a shift for every channel."""

import keras
from keras import ops

from hvae.flows.base import Flow, FlowOutput, constant_log_det


@keras.saving.register_keras_serializable(package="hvae")
class ActNorm(Flow):
    """z' = e^s · z + b with s and b of each channel, both 0 at the start.

    log|det ∂z'/∂z| = height · width · Σ s.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Kingma & Dhariwal 2018 (Glow), Section 3.1, without the initialisation by data.
    """

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.log_scale = self.add_weight(shape=channels, initializer="zeros", name="log_scale")
        self.shift = self.add_weight(shape=channels, initializer="zeros", name="shift")

    def call(self, z, context=None):
        return FlowOutput(z * ops.exp(self.log_scale) + self.shift, self._log_det(z))

    def inverse(self, z, context=None):
        return FlowOutput((z - self.shift) * ops.exp(-self.log_scale), -self._log_det(z))

    def _log_det(self, z):
        return constant_log_det(z, z.shape[1] * z.shape[2] * ops.sum(self.log_scale))
