"""What one latent block decides."""

from typing import NamedTuple

import numpy as np

from hvae.inference.inspection.block_numbers import check_block
from hvae.inference.latents.latent_decoder import LatentDecoder
from hvae.inference.running.batches import image_numbers
from hvae.noise.draws import block_noise


class Exploration(NamedTuple):
    """Images in which the noise of all blocks but one is the same."""

    unchanged: np.ndarray  # (images, height, width, channels), integers
    redrawn: np.ndarray  # (images, draws, height, width, channels), integers
    moved: np.ndarray  # (images, steps, height, width, channels), integers
    amounts: np.ndarray  # (steps,), how far along the direction


class Explorer:
    """Freezes the noise of all blocks but one, and changes that; compiled once.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"mode"` or `"sample"` of p(x|z).
        batch_size: images at a time.

    Reference:
        github.com/mgp123/nvae, `latent_space_exploration.py`.
    """

    def __init__(self, model, output="mean", batch_size=100):
        self.model = model
        self._decode = LatentDecoder(model, output, batch_size)

    def __call__(
        self, noise, block, num_draws=8, extent=3.0, steps=9, seed=0, progress=iter, numbers=None
    ):
        """Explore one block.

        Args:
            noise: per block `(images, height, width, z_width)`: that of `Latents` for
                images, or standard normal noise for draws from the prior.
            block: number of the block, 0 for the first of the smallest scale.
            num_draws: how often the block's noise is drawn anew, the same for all images.
            extent: the noise is moved by −extent … extent along a random direction, the
                same for all images, whose entries have mean square 1.
            steps: how many amounts there are.
            seed: seed of draws and direction; the same on every backend.
            progress: wraps the sequence of batches, as `tqdm` does.
            numbers: the images' numbers in their set, on which samples of p(x|z) depend; 0, 1, …
                if left out.

        Returns:
            `Exploration`.

        Raises:
            UserError: if there is no such block.
        """
        check_block(block, self.model.config.latent_scales)
        frozen = noise[block]
        direction, *draws = block_noise(self.model, block, range(1 + num_draws), seed)
        direction /= np.sqrt(np.mean(direction**2))
        amounts = np.linspace(-extent, extent, steps, dtype=np.float32)
        changed = [
            np.stack([own, *draws, *(own + amount * direction for amount in amounts)])
            for own in frozen
        ]
        numbers = image_numbers(numbers, len(frozen))
        images = self._decode.of_noise(
            tuple(
                np.concatenate(changed) if i == block else np.repeat(b, len(changed[0]), axis=0)
                for i, b in enumerate(noise)
            ),
            seed,
            progress,
            np.repeat(numbers, len(changed[0])),
        )
        images = images.reshape(len(frozen), -1, *images.shape[1:])
        split = 1 + num_draws
        return Exploration(images[:, 0], images[:, 1:split], images[:, split:], amounts)
