"""What one can do with a model, as its methods."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from hvae.inference.latents.latents import Latents
    from hvae.inference.latents.reconstruction import Reconstruction

_Output = Literal["mean", "mode", "sample"]


class InferenceMethods:
    """Encoding, decoding, reconstruction and generation of NumPy arrays, for `HVAE`.

    The compiled function behind each is made at its first call and kept.
    """

    def encode(
        self,
        images: np.ndarray,
        seed: int = 0,
        masks: Sequence[np.ndarray] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> "Latents":
        """The `Latents` of integers `(images, height, width, channels)`; see `LatentEncoder`."""
        encode = self._reconstructor("mean").encoder
        return encode(images, seed=seed, masks=masks, numbers=numbers)

    def decode(self, latents: "Latents", output: _Output = "mean", seed: int = 0) -> np.ndarray:
        """Images of `Latents`, `"mean"`, `"mode"` or `"sample"` of p(x|z); see `LatentDecoder`."""
        return self._reconstructor(output).decoder(latents, seed=seed)

    def reconstruct(
        self,
        images: np.ndarray,
        output: _Output = "mean",
        seed: int = 0,
        masks: Sequence[np.ndarray] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> "Reconstruction":
        """The `Reconstruction` of integers `(images, height, width, channels)`; see
        `Reconstructor`."""
        return self._reconstructor(output)(images, seed=seed, masks=masks, numbers=numbers)

    def generate(
        self,
        num_images: int,
        temperature: float | Sequence[float] = 1.0,
        output: _Output = "sample",
        seed: int = 0,
    ) -> np.ndarray:
        """Images drawn from the prior; see `Generator`."""
        from hvae.inference.generation.generator import Generator

        return self._compiled(Generator, output)(num_images, temperature=temperature, seed=seed)

    def _reconstructor(self, output):
        # Encoding and decoding are its parts: nothing is compiled twice.
        from hvae.inference.latents.reconstructor import Reconstructor

        return self._compiled(Reconstructor, output)

    def _compiled(self, use, *options):
        key = (use, *options)
        if key not in self._uses:
            self._uses[key] = use(self, *options)
        return self._uses[key]

    @functools.cached_property
    def _uses(self):
        # Not an attribute that Keras sees: it would take these, which hold the model, for
        # parts of it.
        return {}
