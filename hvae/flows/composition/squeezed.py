"""A flow of a latent with half the height and width and four times the channels."""

import keras
from keras import ops

from hvae.flows.base import FlowOutput
from hvae.flows.composition.wrapped import WrappedFlow


@keras.saving.register_keras_serializable(package="hvae")
class Squeezed(WrappedFlow):
    """z' = S⁻¹ g(S z), where S moves each 2×2 square of pixels into the channels.

    S is a permutation: log|det ∂z'/∂z| is that of g. The four pixels of one channel
    become neighbours, so that half of the channels is half of the original ones. The
    context is squeezed like the latent: g reads four times its channels.

    Args:
        flow: g, a `Flow` of `(batch, height / 2, width / 2, 4 · channels)`.

    Input and output shape: `(batch, height, width, channels)`, height and width even.

    Reference:
        Dinh et al. 2017 (Real NVP), Section 3.6.
    """

    def __init__(self, flow, **kwargs):
        if flow.context_width % 4:
            raise ValueError(
                "context_width of the flow must be a multiple of four. "
                f"Received: context_width={flow.context_width}"
            )
        super().__init__(flow, **kwargs)
        self.context_width = flow.context_width // 4

    def inner_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, height // 2, width // 2, 4 * channels)

    def around(self, inner, z, context):
        squeezed = None if context is None else _squeeze(context)
        z, log_det = inner(_squeeze(z), context=squeezed)
        return FlowOutput(_unsqueeze(z), log_det)


def _squeeze(z):
    _, height, width, channels = z.shape
    z = ops.reshape(z, (-1, height // 2, 2, width // 2, 2, channels))
    z = ops.transpose(z, (0, 1, 3, 5, 2, 4))  # (batch, height / 2, width / 2, channels, 2, 2)
    return ops.reshape(z, (-1, height // 2, width // 2, 4 * channels))


def _unsqueeze(z):
    _, height, width, channels = z.shape
    z = ops.reshape(z, (-1, height, width, channels // 4, 2, 2))
    z = ops.transpose(z, (0, 1, 4, 2, 5, 3))  # (batch, height, 2, width, 2, channels / 4)
    return ops.reshape(z, (-1, 2 * height, 2 * width, channels // 4))
