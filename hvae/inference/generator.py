"""Images drawn from the model."""

import numpy as np

from hvae.inference.compiled_function import CompiledFunction
from hvae.inference.noise import draw_normal, draw_uniform
from hvae.inference.readjusted_batch_norm import readjusted_batch_norm


class Generator:
    """Draws images from the prior; compiled once, usable for many temperatures.

    Args:
        model: an `HVAE`.
        output: `"sample"`, `"mean"` or `"mode"` of p(x|z).
    """

    def __init__(self, model, output="sample"):
        self.model = model
        self.output = output
        self._decode = CompiledFunction(model, self._images)

    def __call__(self, num_images, temperature=1.0, seed=0, readjust_batchnorm=0):
        """Draw.

        Args:
            num_images: how many.
            temperature: factor on the prior's standard deviations.
            seed: seed of the noise; the same noise on every backend.
            readjust_batchnorm: batches of samples by which batch normalisation is
                readjusted for this temperature, see `readjusted_batch_norm`.

        Returns:
            Integers 0 … levels − 1, `(num_images, height, width, channels)`, uint8 for
            up to 256 levels.
        """
        rng = np.random.default_rng(seed)
        noise = draw_normal(self.model.noise_shapes(num_images), rng)
        uniforms = draw_uniform(likelihood_noise_shapes(self.model, num_images), rng)
        # One value per image: compiled graphs take a batch along every input.
        temperatures = np.full((num_images, 1, 1, 1), temperature, np.float32)
        with readjusted_batch_norm(self.model, readjust_batchnorm, temperature, seed=seed):
            return to_uint8(self._decode.run((noise, uniforms, temperatures)))

    def _images(self, inputs):
        noise, uniforms, temperatures = inputs
        parameters = self.model.generate(noise, temperature=temperatures)
        return likelihood_output(self.model.likelihood, parameters, self.output, uniforms)


def likelihood_noise_shapes(model, num_images):
    """Shapes of the uniforms that sampling p(x|z) needs."""
    return model.likelihood.noise_shapes(num_images, *model.config.image_size)


def likelihood_output(likelihood, parameters, output, uniforms):
    """Sample, mean or mode of p(x|z) as integers."""
    if output == "sample":
        return likelihood.unscale(likelihood.sample(parameters, uniforms))
    return likelihood.unscale(
        likelihood.mean(parameters) if output == "mean" else likelihood.mode(parameters)
    )


def to_uint8(images):
    """Integers as small as they fit."""
    return images.astype(np.uint8 if images.max(initial=0) < 256 else np.int32)
