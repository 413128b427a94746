"""Images to latents."""

import numpy as np
from keras import ops

from hvae.images.checked_images import checked_images
from hvae.inference.checked_inputs import MOST_SEED, check_whole, checked_masks
from hvae.inference.latents.latents import ARRAYS, Latents, join_latents
from hvae.inference.running.batches import numbered_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise


class LatentEncoder:
    """Encodes images: mean, standard deviation and sample of q; compiled once.

    Args:
        model: an `HVAE`.
        batch_size: images at a time.
    """

    def __init__(self, model, batch_size=100):
        self.model = model
        self.batch_size = batch_size
        self._encode = CompiledFunction(model, self._latents)

    def __call__(self, images, seed=0, masks=None, progress=iter, numbers=None):
        """Encode.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise; the same on every backend and for every batch size.
            masks: per block `(height, width, z_width)`: variables to draw from q; the
                others are drawn from the prior. `None`: all from q.
            progress: wraps the sequence of batches, as `tqdm` does.
            numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
                left out.

        Returns:
            `Latents`. They are held in memory; `batches` gives them a batch at a time.

        Raises:
            UserError: if images, masks or seed are not such as the model expects.
        """
        return join_latents(list(self.batches(images, seed, masks, progress, numbers)))

    def batches(self, images, seed=0, masks=None, progress=iter, numbers=None):
        """The `Latents` of one batch of images after the other; arguments as in a call."""
        images, masks = checked_images(images, self.model.config), checked_masks(masks, self.model)
        check_whole("seed", seed, 0, MOST_SEED)
        for _, batch, of_batch, count in numbered_batches(
            images, self.batch_size, numbers, progress
        ):
            yield self.batch(batch, of_batch, seed, masks).first(count)

    def batch(self, images, numbers, seed=0, masks=None):
        """The `Latents` of one batch.

        Args:
            images: integers, `(batch, height, width, channels)`.
            numbers: the images' numbers in their set, on which their noise depends.
            seed, masks: as in a call.
        """
        noise = latent_noise(self.model, numbers, seed)
        blocks = self._encode.run((images, noise, batched_masks(self.model, masks, len(images))))
        arrays = {name: tuple(blocks[name]) for name in ARRAYS}
        return Latents(**arrays, masks=masks, numbers=np.asarray(numbers))

    def _latents(self, inputs):
        images, noise, masks = inputs
        activations = self.model.bottom_up(images)
        latents = self.model.top_down(noise, activations=activations, masks=masks).latents
        return {
            "mean": [latent.posterior.mean for latent in latents],
            "std": [ops.exp(latent.posterior.log_std) for latent in latents],
            "z": [latent.z for latent in latents],
            "noise": [latent.prior.noise_of(latent.z) for latent in latents],
        }


def batched_masks(model, masks, num_images):
    """Masks once for every image, as compiled functions need them; `None`: all 1."""
    shapes = model.noise_shapes(num_images)
    masks = [np.ones(shape[1:]) for shape in shapes] if masks is None else masks
    # Whole numbers: not every backend takes booleans as inputs.
    return tuple(np.broadcast_to(np.uint8(m), s).copy() for m, s in zip(masks, shapes, strict=True))
