"""What a family of hierarchical VAEs has to provide."""

import abc
from typing import TYPE_CHECKING, Any

from hvae.configuration.scale import Scale
from hvae.flows.base import Flow
from hvae.flows.posterior import get_flow
from hvae.latents.base import LatentVariant
from hvae.layers.initial_state import InitialState

if TYPE_CHECKING:  # it lists the families
    from hvae.config import ModelConfig


class Family(abc.ABC):
    """The parts in which published architectures differ.

    Encoder, decoder and latent block are common to all families and ask a family for
    their parts. A new family is a new folder here: `family.py` with a subclass of this
    class, `config.py` with its `ModelConfig`, and the layers that it adds; no other file
    changes.

    Args:
        config: the family's `ModelConfig`.
        dtype: dtype policy of the layers.
    """

    def __init__(self, config: "ModelConfig", dtype: Any = None):
        self.config = config
        self.dtype = dtype

    @abc.abstractmethod
    def stem(self, scale: Scale) -> list[Any]:
        """Layers, in order, from the scaled image to the encoder's first state."""

    @abc.abstractmethod
    def encoder_blocks(self, scale: Scale) -> list[Any]:
        """Layers, in order, of the encoder at a scale, before the decoder's activation."""

    def is_smallest(self, scale: Scale) -> bool:
        """Whether a `Scale` is the one at the top of the hierarchy."""
        return scale.index == len(self.config.scales) - 1

    def activation(self, scale: Scale) -> list[Any]:
        """Layers, in order, from the encoder's state to what the decoder reads; none here."""
        return []

    @abc.abstractmethod
    def head(self, num_parameters: int) -> Any:
        """Layer from the last state and all latents to the likelihood's parameters."""

    @abc.abstractmethod
    def downsample(self, scale: Scale, smaller: Scale) -> list[Any]:
        """Layers, in order, from a `Scale` to the next smaller one, on the way up."""

    @abc.abstractmethod
    def initial_state(self, scale: Scale) -> InitialState:
        """The `InitialState` of a scale: what it starts from, or adds to what reaches it."""

    @abc.abstractmethod
    def upsample(self, smaller: Scale, scale: Scale) -> list[Any]:
        """Layers, in order, from the smaller `Scale` to the next larger one, on the way down."""

    def flow(self, scale: Scale) -> Flow | None:
        """The `Flow` that acts on the posterior of a block at this `Scale`, or `None`."""
        return get_flow(self.config, scale)

    @abc.abstractmethod
    def latent_variant(self, scale: Scale, has_next_state: bool) -> LatentVariant:
        """The `LatentVariant` of one block of the decoder.

        Args:
            scale: the block's `Scale`.
            has_next_state: false for a last block whose next state nobody reads.
        """
