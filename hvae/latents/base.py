"""What a family decides about a latent block."""

from typing import Any, NamedTuple

from keras import layers


class PriorOutput(NamedTuple):
    """What a block knows before its latent is drawn."""

    parameters: Any  # (batch, height, width, 2 * z_width): raw mean and standard deviation
    state: Any  # (batch, height, width, state_width): the state that z will be added to
    activated: Any = None  # what the posterior reads of the block's state, where p has computed it


class LatentVariant(layers.Layer):
    """The three questions in which families differ; `LatentBlock` does the rest.

    A subclass has an attribute `z_width`, the channels of its latent.
    """

    def prior(self, state):
        """`PriorOutput` of this state."""
        raise NotImplementedError

    def activated(self, activation):
        """What all blocks of a scale read of its activation and can share, or `None`."""
        return None

    def posterior(self, state, activation, prior, activated=None):
        """Raw parameters of q, `(batch, height, width, 2 * z_width)`.

        Args:
            state: the state that the block received.
            activation: the encoder's activation at this scale.
            prior: the block's `PriorOutput`.
            activated: what `activated` gave for the activation, if somebody has asked.
        """
        raise NotImplementedError

    def next_state(self, prior, z):
        """The state after z, `(batch, height, width, state_width)`."""
        raise NotImplementedError
