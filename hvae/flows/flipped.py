"""A flow of a latent whose variables are in reverse order."""

import keras
from keras import ops

from hvae.flows.base import FlowOutput
from hvae.flows.wrapped import WrappedFlow


@keras.saving.register_keras_serializable(package="hvae")
class Flipped(WrappedFlow):
    """z' = F g(F z), where F reverses rows, columns and channels; F⁻¹ = F.

    What follows an autoregressive flow sees its variables in the opposite order. Since z'
    is flipped back, a pixel of the latent stays where the prior expects it. F is a
    permutation: log|det ∂z'/∂z| is that of g.

    Args:
        flow: g, a `Flow`.

    Input and output shape: `(batch, height, width, channels)`.
    """

    def call(self, z, context=None):
        inner, log_det = self.flow(_flip(z))
        return FlowOutput(_flip(inner), log_det)

    def inverse(self, z, context=None):
        return _flip(self.flow.inverse(_flip(z)))


def _flip(z):
    for axis in (1, 2, 3):  # OpenVINO reverses one axis at a time
        z = ops.flip(z, axis=axis)
    return z
