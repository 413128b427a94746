"""What a flow has to provide."""

from typing import Any, NamedTuple

from keras import layers


class FlowOutput(NamedTuple):
    """What a flow makes of a latent."""

    z: Any  # (batch, height, width, channels), float32
    log_det: Any  # (batch,), log|det ∂z/∂z₀| of each image


class Flow(layers.Layer):
    """An invertible map of a latent, in float32 whatever the dtype policy."""

    def call(self, z):
        """`FlowOutput` of a latent, `(batch, height, width, channels)`."""
        raise NotImplementedError

    def inverse(self, z):
        """The latent that `call` takes to z, same shape."""
        raise NotImplementedError
