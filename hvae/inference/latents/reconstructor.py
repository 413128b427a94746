"""Images through the posterior and back."""

import numpy as np

from hvae.images.checked_images import checked_images
from hvae.inference.checked_inputs import MOST_SEED, check_whole, checked_masks
from hvae.inference.latents.latent_decoder import LatentDecoder
from hvae.inference.latents.latent_encoder import LatentEncoder
from hvae.inference.latents.reconstruction import Reconstruction
from hvae.inference.running.batches import numbered_batches
from hvae.inference.running.compiled_function import CompiledFunction


class Reconstructor:
    """Encodes images by its `encoder`, decodes their latents by its `decoder`; compiled once.

    Exactly that: what an encoded image decodes to is its reconstruction, to the last bit,
    since both are made by the same compiled functions.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"sample"` or `"mode"` of p(x|z).
        batch_size: images at a time.
    """

    def __init__(self, model, output="mean", batch_size=100):
        self.model = model
        self.batch_size = batch_size
        self.encoder = LatentEncoder(model, batch_size)
        self.decoder = LatentDecoder(model, output, batch_size)
        self._score = CompiledFunction(model, lambda inputs: model.likelihood.nll(*inputs))

    def __call__(self, images, seed=0, masks=None, progress=iter, numbers=None):
        """Reconstruct.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise; the same on every backend and for every batch size.
            masks: per block `(height, width, z_width)`: variables to draw from q; the
                others are drawn from the prior. `None`: all from q.
            progress: wraps the sequence of batches, as `tqdm` does.
            numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
                left out.

        Returns:
            `Reconstruction`.

        Raises:
            UserError: if images, masks or seed are not such as the model expects.
        """
        images, masks = checked_images(images, self.model.config), checked_masks(masks, self.model)
        check_whole("seed", seed, 0, MOST_SEED)
        parts = []
        for _, batch, of_batch, count in numbered_batches(
            images, self.batch_size, numbers, progress
        ):
            z = self.encoder.batch(batch, of_batch, seed, masks).z
            parameters = self.decoder.parameters(z, masks, of_batch, seed)
            decoded = self.decoder.show(parameters, of_batch, seed)
            parts.append((decoded[:count], self._score.run((parameters, batch))[:count]))
        return Reconstruction(*(np.concatenate(part) for part in zip(*parts)))
