"""Bounds on log p(x) in which the lowest latent blocks do not see the image."""

import numpy as np

from hvae.images.checked_images import checked_images
from hvae.inference.detection.level_rows import posterior_rows
from hvae.inference.detection.level_terms import level_terms
from hvae.inference.running.batches import sampled_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise


class LevelBounds:
    """L^{>k} for several k; compiled once.

    L^{>k} = E[log p(x|z)] − Σ KL of the upper blocks, where the lowest k blocks are drawn from
    the prior given the blocks above, and all others from the posterior. L^{>0} is the ELBO.

    The likelihood ratio LLR^{>k} = L^{>0} − L^{>k} is what the lowest k blocks must tell of an
    image beyond what those above have told. It is large for images that are made of usual
    details (which the lowest blocks know how to draw) in an unusual way (which the upper
    blocks do not know): a likelihood takes such images for usual ones.

    Args:
        model: an `HVAE`.
        batch_size: images at a time.

    Reference:
        Havtorn et al. 2021, Hierarchical VAEs Know What They Don't Know.
    """

    def __init__(self, model, batch_size=100):
        self.model = model
        self.batch_size = batch_size
        self._encode = CompiledFunction(model, model.bottom_up)
        self._terms = CompiledFunction(model, lambda inputs: level_terms(model, *inputs))

    def __call__(self, images, counts, num_samples=1, seed=0, progress=iter, numbers=None):
        """Bound.

        Args:
            images: integers, `(images, height, width, channels)`.
            counts: for each bound its k, 0 to the number of blocks less one.
            num_samples: draws of the latents of every image, whose bounds are averaged.
            seed: seed of the noise; the same on every backend and for every batch size.
            progress: wraps the sequence of steps, one sample of one batch each.
            numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
                left out.

        Returns:
            Nats, `(images, counts)`, float64.

        Raises:
            UserError: if the images are not of the model's kind, or a count is out of range.
        """
        images = checked_images(images, self.model.config)
        blocks = len(self.model.config.latent_scales)
        rows = posterior_rows(blocks, counts)
        bounds = np.zeros((len(images), len(counts)))
        for start, batch, of_batch, real, sample in sampled_batches(
            images, self.batch_size, num_samples, numbers, progress
        ):
            if sample == 0:
                activations = self._encode.run(batch)
            noise = latent_noise(self.model, of_batch, seed, sample)
            for column, row in enumerate(rows):
                masks = [np.full((len(batch), 1, 1, 1), is_kept) for is_kept in row]
                terms = self._terms.run((batch, activations, noise, masks))
                bound = -terms["nll"].astype(np.float64) - terms["kl"].sum(-1, dtype=np.float64)
                bounds[start : start + real, column] += bound[:real] / num_samples
        return bounds
