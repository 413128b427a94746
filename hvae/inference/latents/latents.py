"""What encoding gives."""

import dataclasses

import numpy as np

#: An array a block, smallest scale first.
Blocks = tuple[np.ndarray, ...]
#: The fields of `Latents` that hold one array a block.
ARRAYS = ("mean", "std", "z", "noise")


@dataclasses.dataclass(frozen=True)
class Latents:
    """The latents of some images: per block, smallest scale first, a float32 array.

    `model.top_down(noise, latents=z)` gives the likelihood's parameters of these images;
    `model.top_down(noise)`, all from the prior at temperature 1, does too, up to rounding.
    """

    mean: Blocks  # (images, height, width, z_width), of q, before a flow
    std: Blocks  # (images, height, width, z_width), of q, before a flow
    z: Blocks  # (images, height, width, z_width), drawn from q, after a flow
    noise: Blocks  # (images, height, width, z_width), (z − μ_p)/σ_p under the prior that z met
    masks: Blocks | None = None  # (height, width, z_width) bool; where false, z is from the prior
    numbers: np.ndarray | None = None  # (images,), in their set; None: 0, 1, …

    @property
    def num_images(self) -> int:
        """How many images these are the latents of."""
        return len(self.z[0])

    def first(self, count: int) -> "Latents":
        """The `Latents` of the first `count` images."""
        arrays = {name: tuple(x[:count] for x in getattr(self, name)) for name in ARRAYS}
        numbers = None if self.numbers is None else self.numbers[:count]
        return dataclasses.replace(self, **arrays, numbers=numbers)


def join_latents(parts):
    """One `Latents` from those of batches."""
    arrays = {
        name: tuple(np.concatenate(block) for block in zip(*(getattr(p, name) for p in parts)))
        for name in ARRAYS
    }
    numbers = np.concatenate([part.numbers for part in parts])
    return dataclasses.replace(parts[0], **arrays, numbers=numbers)
