"""Where the information goes: into which blocks, and where in the image."""

from typing import NamedTuple

import numpy as np
from keras import ops

from hvae.images.checked_images import checked_images
from hvae.inference.inspection.pixel_spread import spread_over_pixels
from hvae.inference.running.batches import numbered_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise


class BitMaps(NamedTuple):
    """KL of some images by block and by pixel, in nats."""

    kl: np.ndarray  # (images, blocks), smallest scale first
    maps: np.ndarray  # (images, height, width), of the blocks shown; sums to their KL
    map_of_scales: dict  # name of a scale → (height, width), mean over the images


class BitMapper:
    """KL of images by block and by pixel; compiled once.

    A position's KL is spread evenly over the pixels that it covers: a model may use it
    elsewhere in its receptive field, which cannot be told from the KL.

    Args:
        model: an `HVAE`.
        batch_size: images at a time.
    """

    def __init__(self, model, batch_size=100):
        self.model = model
        self.batch_size = batch_size
        self._kl = CompiledFunction(model, self._kl_of_positions)

    def __call__(self, images, seed=0, progress=iter, numbers=None, blocks=None):
        """Map.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise; the same on every backend and for every batch size.
            progress: wraps the sequence of batches.
            numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
                left out.
            blocks: numbers of the blocks that the maps show, 0 at the top; all if left out.

        Returns:
            `BitMaps`.

        Raises:
            UserError: if the images are not of the model's kind.
        """
        config = self.model.config
        images = checked_images(images, config)
        names = [str(scale) for scale in config.latent_scales]
        kl = np.zeros((len(images), len(names)))
        maps = np.zeros((len(images), *config.image_size))
        map_of_scales = {name: np.zeros(config.image_size) for name in names}
        for start, batch, of_batch, count in numbered_batches(
            images, self.batch_size, numbers, progress
        ):
            noise = latent_noise(self.model, of_batch, seed)
            real = slice(start, start + count)
            for i, positions in enumerate(self._kl.run((batch, noise))):
                spread = spread_over_pixels(
                    positions[:count], config.padded_size, config.image_size
                )
                kl[real, i] = positions[:count].sum(axis=(1, 2), dtype=np.float64)
                if blocks is not None and i not in blocks:
                    continue
                maps[real] += spread
                map_of_scales[names[i]] += spread.sum(axis=0) / len(images)
        return BitMaps(kl, maps, map_of_scales)

    def _kl_of_positions(self, inputs):
        """Per block `(batch, height, width)`."""
        return [ops.sum(latent.kl, axis=-1) for latent in self.model(*inputs).latents]
