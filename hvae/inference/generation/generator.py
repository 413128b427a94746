"""Images drawn from the model."""

import numpy as np

from hvae.checks.memory import check_memory
from hvae.errors import UserError
from hvae.inference.checked_inputs import MOST_SEED, check_whole, checked_output
from hvae.inference.generation.readjusted_batch_norm import readjusted_batch_norm
from hvae.inference.generation.temperatures import block_temperatures, per_image
from hvae.inference.running.batches import filled_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise, likelihood_noise


class Generator:
    """Draws images from the prior; compiled once, usable for many temperatures.

    Image i depends on the seed and on i: neither on how many are drawn nor, but for the
    rounding of floats, on the batch size and the backend.

    Args:
        model: an `HVAE`.
        output: `"sample"`, `"mean"` or `"mode"` of p(x|z).
        batch_size: images at a time.
    """

    def __init__(self, model, output="sample", batch_size=100):
        self.model = model
        self.output = checked_output(output)
        self.batch_size = batch_size
        self._decode = CompiledFunction(model, self._images)

    def __call__(self, num_images, temperature=1.0, seed=0, **options):
        """Draw.

        Args:
            num_images: how many.
            temperature, seed, **options: as in `stream`.

        Returns:
            Integers below the likelihood's `output_levels`, `(num_images, height, width,
            channels)`, uint8 for up to 256 levels.

        Raises:
            UserError: if the number of images is none from 1 on, or as `stream`.
        """
        check_whole("num_images", num_images, 1)
        check_memory(
            num_images * self.model.config.num_dims,
            f"an array of {num_images} images",
            "Generator.stream gives them one after the other",
        )
        return np.stack(list(self.stream(range(num_images), temperature, seed, **options)))

    def stream(
        self, indices, temperature=1.0, seed=0, output_temperature=1.0, readjust_batchnorm=0
    ):
        """Draw one image after the other, in memory that does not grow with their number.

        Args:
            indices: numbers of the images to draw: a sequence, such as `range(50000)`.
            temperature: factor on the prior's standard deviations, one for all blocks or
                one for each, smallest scale first.
            seed: seed of the noise; the same noise on every backend.
            output_temperature: factor on the noise of p(x|z), see `Likelihood.sample`; mean
                and mode have none.
            readjust_batchnorm: batches of samples by which batch normalisation is
                readjusted for this temperature, see `readjusted_batch_norm`.

        Yields:
            `(height, width, channels)` integers, as `__call__` returns them.

        Raises:
            UserError: if there is not one temperature for all blocks or for each, or another
                argument is outside of what is allowed.
        """
        check_whole("seed", seed, 0, MOST_SEED)
        check_whole("readjust_batchnorm", readjust_batchnorm, 0)
        if not 0.0 <= output_temperature < np.inf:
            raise UserError(
                f"output_temperature: must be at least 0 and finite. Received: {output_temperature}"
            )
        temperatures = block_temperatures(temperature, len(self.model.config.latent_scales))
        size = min(self.batch_size, len(indices))
        temperatures_of_images = (
            per_image(temperatures, size),
            np.full((size, 1, 1, 1), output_temperature, np.float32),
        )
        with readjusted_batch_norm(self.model, readjust_batchnorm, temperatures, seed=seed):
            for _, numbers, count in filled_batches(indices, size):
                noise = latent_noise(self.model, numbers, seed)
                uniforms = likelihood_noise(self.model, numbers, seed)
                images = self._decode.run((noise, uniforms, *temperatures_of_images))
                yield from to_uint8(images)[:count]

    def _images(self, inputs):
        noise, uniforms, temperatures, output_temperature = inputs
        parameters = self.model.top_down(noise, temperature=temperatures).parameters
        return likelihood_output(
            self.model.likelihood, parameters, self.output, uniforms, output_temperature
        )


def likelihood_output(likelihood, parameters, output, uniforms, temperature=1.0):
    """Sample (at a temperature), mean or mode of p(x|z) as integers below `output_levels`."""
    if output == "mean":
        return likelihood.mean_integers(parameters)
    if output == "sample":
        return likelihood.unscale(likelihood.sample(parameters, uniforms, temperature))
    return likelihood.unscale(likelihood.mode(parameters))


def to_uint8(images):
    """Integers as small as they fit."""
    return images.astype(np.uint8 if images.max(initial=0) < 256 else np.int32)
