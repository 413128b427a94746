"""What a flow has to provide."""

from typing import Any, NamedTuple

from keras import layers, ops


class FlowOutput(NamedTuple):
    """What a flow makes of a latent."""

    z: Any  # (batch, height, width, channels), float32
    log_det: Any  # (batch,), log|det ∂z/∂z₀| of each image


class Flow(layers.Layer):
    """An invertible map of a latent, in float32 whatever the dtype policy.

    A flow may depend on the image: then it has a `context_width`, and the latent block
    gives it so many channels made of the state and of the encoder's activation.
    """

    #: Channels of the context that the flow reads; 0 for none.
    context_width = 0

    def __init__(self, **kwargs):
        # Under a mixed policy Keras would round z before `call` sees it.
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, z, context=None):
        """`FlowOutput` of a latent.

        Args:
            z: `(batch, height, width, channels)`.
            context: `(batch, height, width, context_width)`, or `None`.
        """
        raise NotImplementedError

    def inverse(self, z, context=None):
        """The latent that `call` takes to z, same shape."""
        raise NotImplementedError


def constant_log_det(z, value):
    """The same log-determinant for every image of a latent z, `(batch,)`."""
    return ops.zeros_like(z[:, 0, 0, 0]) + value
