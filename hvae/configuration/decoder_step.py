"""One stretch of the decoder's way down."""

import dataclasses

from hvae.configuration.scale import Scale


@dataclasses.dataclass(frozen=True)
class DecoderStep:
    """Latent blocks of one scale that follow each other, and the state that they start from.

    A scale that the decoder comes back to has several steps; it goes on with its own state.
    """

    scale: Scale
    source: Scale | None  # whose state, brought to this scale, is added before the first block
    num_latents: int  # latent blocks, 0 where a state is only handed on
