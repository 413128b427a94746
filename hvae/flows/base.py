"""What a flow has to provide."""

from typing import TYPE_CHECKING, Any, NamedTuple

from keras import layers, ops

from hvae.configuration.scale import Scale

if TYPE_CHECKING:  # it reads the settings of flows, and so their names
    from hvae.config import ModelConfig


class FlowOutput(NamedTuple):
    """What a flow, or its inverse, makes of a latent."""

    z: Any  # (batch, height, width, channels), float32
    log_det: Any  # (batch,), log|det ∂z/∂(what it was made of)| of each image


class Flow(layers.Layer):
    """An invertible map of a latent, in float32 whatever the dtype policy.

    Both directions give the latent and the logarithm of the absolute value of the determinant
    of the map that was taken: `call` and `inverse` of the same pair of latents sum to 0.

    A flow may depend on the image: then it has a `context_width`, and the latent block
    gives it that many channels, made of the state and of the encoder's activation. A flow that
    holds others hands the context on to them, rearranged as it rearranges the latent's pixels.
    """

    #: Channels of the context that the flow reads; 0 for none.
    context_width: int = 0

    def __init__(self, **kwargs: Any):
        # Under a mixed policy Keras would round z before `call` sees it.
        super().__init__(**{**kwargs, "dtype": "float32"})

    @classmethod
    def from_model_config(cls, config: "ModelConfig", scale: Scale) -> "Flow":
        """The flow of a block: for flows of the posterior, which `flow_type` names.

        Args:
            config: a `ModelConfig`.
            scale: the block's `Scale`.
        """
        return cls()

    def call(self, z: Any, context: Any = None) -> FlowOutput:
        """The latent that the flow makes of z, and log|det|, as `FlowOutput`.

        Args:
            z: `(batch, height, width, channels)`.
            context: `(batch, height, width, context_width)`, or `None` if that is 0.
        """
        raise NotImplementedError(f"{type(self).__name__} has no call.")

    def inverse(self, z: Any, context: Any = None) -> FlowOutput:
        """The latent that `call` takes to z, and log|det| of the way back, as `FlowOutput`.

        Args:
            z: `(batch, height, width, channels)`, a float32 tensor.
            context: that of `call`.

        Raises:
            NotImplementedError: the flow, or one that it holds, has no inverse that can be
                computed.
        """
        raise NotImplementedError(f"{type(self).__name__} has no inverse.")


def constant_log_det(z, value):
    """The same log-determinant for every image of a latent z, `(batch,)`."""
    return ops.zeros_like(z[:, 0, 0, 0]) + value
