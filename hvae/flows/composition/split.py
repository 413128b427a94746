"""A flow of the first channels only."""

import keras
from keras import ops

from hvae.flows.base import FlowOutput
from hvae.flows.composition.wrapped import WrappedFlow


@keras.saving.register_keras_serializable(package="hvae")
class Split(WrappedFlow):
    """z' = (g(z₁), z₂): half of the channels leaves, the other goes on.

    Of an odd number of channels the larger part goes on. log|det ∂z'/∂z| is that of g, whose
    context is the whole one.

    Args:
        flow: g, a `Flow` of the first channels.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Dinh et al. 2017 (Real NVP), Section 3.6.
    """

    def inner_shape(self, input_shape):
        return (*input_shape[:-1], -(-input_shape[-1] // 2))

    def around(self, inner, z, context):
        first, second = halves(z)
        first, log_det = inner(first, context=context)
        return FlowOutput(ops.concatenate([first, second], axis=-1), log_det)


def halves(z):
    """The first and the second half of the channels; the first has one more if they are odd."""
    middle = -(-z.shape[-1] // 2)
    return z[..., :middle], z[..., middle:]
