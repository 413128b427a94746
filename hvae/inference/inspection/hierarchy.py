"""What each level of the hierarchy decides, and what it leaves open."""

from typing import NamedTuple

import numpy as np

from hvae.images.checked_images import checked_images
from hvae.inference.checked_inputs import checked_output
from hvae.inference.generation.generator import likelihood_output, to_uint8
from hvae.inference.running.batches import filled_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise, likelihood_noise


class HierarchyDraws(NamedTuple):
    """Draws of one image, its upper blocks held to the posterior, one row a level."""

    counts: tuple  # per row, how many blocks come from the posterior, from the top down
    images: np.ndarray  # (rows, draws, height, width, channels), integers

    @property
    def std(self):
        """Standard deviation over the draws, `(rows, height, width)`, intensity levels.

        The square root of the variance, which is unbiased and averaged over the channels.
        """
        return np.sqrt(self.images.astype(np.float64).var(axis=1, ddof=1).mean(axis=-1))


class HierarchySampler:
    """Draws an image's lower blocks anew while the upper ones stay; compiled once.

    The first blocks come from the posterior, always with the same noise; the others from
    the prior, with noise of their own for every draw, the same in each row. So no block
    from the posterior gives what `Generator` draws with the same seed, all of them what
    `Reconstructor` gives, and rows differ by nothing but the blocks between them.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"sample"` or `"mode"` of p(x|z).
        batch_size: draws at a time.
    """

    def __init__(self, model, output="mean", batch_size=100):
        self.model = model
        self.output = checked_output(output)
        self.batch_size = batch_size
        self._draw = CompiledFunction(model, self._images)

    def __call__(self, image, counts, draws=8, seed=0, number=0, progress=iter):
        """Draw.

        Args:
            image: integers, `(height, width, channels)`.
            counts: per row, how many blocks come from the posterior, 0 to all.
            draws: draws of each row.
            seed: seed of the noise; the same noise on every backend.
            number: the image's number in its set; each has its own posterior noise.
            progress: wraps the sequence of batches.

        Returns:
            `HierarchyDraws`.

        Raises:
            UserError: if the image is not of the model's kind.
        """
        image = checked_images(np.asarray(image)[None], self.model.config)
        posterior_noise = latent_noise(self.model, [number], seed)
        prior_noise = latent_noise(self.model, range(draws), seed)
        uniforms = likelihood_noise(self.model, range(draws), seed)
        total = len(counts) * draws
        results = np.empty((total, *image.shape[1:]), np.int32)
        for _, items, _ in filled_batches(range(total), self.batch_size, progress):
            from_posterior, draw = np.asarray(counts)[items // draws], items % draws
            masks = [
                (block < from_posterior).astype(np.float32).reshape(-1, 1, 1, 1)
                for block in range(len(prior_noise))
            ]
            noise = [
                np.where(mask > 0, of_image, of_draws[draw])
                for mask, of_image, of_draws in zip(masks, posterior_noise, prior_noise)
            ]
            results[items] = self._draw.run(
                (
                    np.repeat(image, len(items), axis=0),
                    noise,
                    masks,
                    {name: values[draw] for name, values in uniforms.items()},
                )
            )
        return HierarchyDraws(
            tuple(counts), to_uint8(results).reshape(len(counts), draws, *image.shape[1:])
        )

    def _images(self, inputs):
        images, noise, masks, uniforms = inputs
        activations = self.model.bottom_up(images)
        parameters = self.model.top_down(noise, activations=activations, masks=masks).parameters
        return likelihood_output(self.model.likelihood, parameters, self.output, uniforms)
