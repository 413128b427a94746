"""A flow of a latent whose variables are in reverse order."""

import keras
from keras import ops

from hvae.flows.base import FlowOutput
from hvae.flows.composition.wrapped import WrappedFlow


@keras.saving.register_keras_serializable(package="hvae")
class Flipped(WrappedFlow):
    """z' = F g(F z), where F reverses rows, columns and channels; F⁻¹ = F.

    What follows an autoregressive flow sees its variables in the opposite order. Since z'
    is flipped back, a pixel of the latent stays where the prior expects it. F is a
    permutation: log|det ∂z'/∂z| is that of g, whose context has its rows and columns reversed too.

    Args:
        flow: g, a `Flow`.

    Input and output shape: `(batch, height, width, channels)`.
    """

    def around(self, inner, z, context):
        turned = None if context is None else _turn(context)
        z, log_det = inner(_flip(z), context=turned)
        return FlowOutput(_flip(z), log_det)


def _flip(z):
    return ops.flip(_turn(z), axis=3)


def _turn(x):
    """Rows and columns in reverse order."""
    return ops.flip(ops.flip(x, axis=1), axis=2)  # OpenVINO reverses one axis at a time
