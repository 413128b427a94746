"""One place where encoder and decoder meet."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scale:
    """One place where encoder and decoder meet; families may add what they need.

    Scales are numbered from the largest (0), as large as the image or smaller, to the
    smallest. Several may have the same size.
    """

    index: int
    height: int
    width: int
    state_width: int  # channels of the decoder's state
    activation_width: int  # channels of what the encoder hands over
    z_width: int  # channels of a latent
    num_latents: int  # latent blocks of the decoder

    @property
    def size(self):
        """`(height, width)`."""
        return (self.height, self.width)

    def __str__(self):
        return f"{self.height}x{self.width}"
