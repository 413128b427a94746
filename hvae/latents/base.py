"""What a family decides about a latent block."""

from typing import Any, NamedTuple

from keras import layers


class PriorOutput(NamedTuple):
    """What a block knows before its latent is drawn."""

    parameters: Any  # (batch, height, width, 2 * z_width): raw mean and standard deviation
    state: Any  # (batch, height, width, state_width): the state that z will be added to


class LatentVariant(layers.Layer):
    """The three questions in which families differ; `LatentBlock` does the rest.

    A subclass has an attribute `z_width`, the channels of its latent.
    """

    def prior(self, state):
        """`PriorOutput` of this state."""
        raise NotImplementedError

    def posterior(self, state, activation, prior):
        """Raw parameters of q, `(batch, height, width, 2 * z_width)`.

        Args:
            state: the state that the block received.
            activation: the encoder's activation at this scale.
            prior: the block's `PriorOutput`.
        """
        raise NotImplementedError

    def next_state(self, prior, z):
        """The state after z, `(batch, height, width, state_width)`."""
        raise NotImplementedError
