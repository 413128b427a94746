"""From one image to another through the latents."""

from typing import NamedTuple

import numpy as np

from hvae.errors import UserError
from hvae.inference.inspection.block_numbers import blocks_of_scales
from hvae.inference.latents.latent_decoder import LatentDecoder
from hvae.inference.latents.latent_encoder import LatentEncoder

# Below this sine of the angle two directions count as one: the formula divides by it.
_PARALLEL = 1e-6


class Interpolation(NamedTuple):
    """Rows of images; the first row moves all latents."""

    images: np.ndarray  # (rows, steps, height, width, channels), integers
    fixed: tuple  # per row the blocks that stay at the first image's latents; () in the first


class Interpolator:
    """Decodes what lies between two images; compiled once.

    The way goes through the prior's normalised noise of all blocks, on a great circle in
    each. In the first row all of it moves: its ends are the images' reconstructions. In
    each further row the blocks of one scale stay where they are for the first image.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"mode"` or `"sample"` of p(x|z).
        batch_size: images at a time.
    """

    def __init__(self, model, output="mean", batch_size=100):
        self.model = model
        self._encode = LatentEncoder(model, batch_size)
        self._decode = LatentDecoder(model, output, batch_size)

    def __call__(self, images, steps=8, seed=0, progress=iter, numbers=None):
        """Interpolate.

        Args:
            images: the two images, integers `(2, height, width, channels)`.
            steps: images of a row, both ends among them.
            seed: seed of the noise; the same on every backend.
            progress: wraps the sequence of batches, as `tqdm` does.
            numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
                left out.

        Returns:
            `Interpolation`.

        Raises:
            UserError: if there are not two such images as the model expects.
        """
        if len(images) != 2:
            raise UserError(f"images: interpolation needs two. Received: {len(images)}")
        noise = self._encode(images, seed, numbers=numbers).noise
        shares = np.linspace(0.0, 1.0, steps)
        path = [np.stack([slerp(*ends, share) for share in shares]) for ends in noise]
        fixed = ((), *blocks_of_scales(self.model.config.latent_scales))
        rows = [
            [np.repeat(p[:1], steps, axis=0) if i in kept else p for i, p in enumerate(path)]
            for kept in fixed
        ]
        decoded = self._decode.of_noise(
            tuple(np.concatenate(block) for block in zip(*rows)), seed, progress
        )
        return Interpolation(decoded.reshape(len(rows), steps, *decoded.shape[1:]), fixed)


def slerp(first, second, share):
    """The point at a share of the way between two arrays, on the great circle through them.

    Noise of many variables lies near a sphere, and stays there; halfway on a straight line
    it would be as small as at a temperature of 0.7. Length changes from that of the first
    to that of the second. Where they are parallel the line is straight.

    Args:
        first, second: arrays of one shape.
        share: 0 gives the first, 1 the second, both exactly.

    Returns:
        float32 array of that shape.

    Reference:
        Shoemake 1985; for latents White 2016, Sampling Generative Networks.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    length = np.linalg.norm(a) * np.linalg.norm(b)
    cosine = np.clip(np.sum(a * b) / length, -1.0, 1.0) if length else 1.0
    sine = np.sqrt(1.0 - cosine**2)
    if sine < _PARALLEL:
        return ((1.0 - share) * a + share * b).astype(np.float32)
    angle = np.arccos(cosine)
    weights = np.sin((1.0 - share) * angle), np.sin(share * angle)
    return ((weights[0] * a + weights[1] * b) / np.sin(angle)).astype(np.float32)
