"""Images through the posterior and back."""

import numpy as np

from hvae.inference.compiled_function import CompiledFunction
from hvae.inference.generator import likelihood_noise_shapes, likelihood_output, to_uint8
from hvae.inference.noise import draw_normal, draw_uniform


class Reconstructor:
    """Encodes images, draws z from the posterior, decodes; compiled once.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"sample"` or `"mode"` of p(x|z).
    """

    def __init__(self, model, output="mean"):
        self.model = model
        self.output = output
        self._reconstruct = CompiledFunction(model, self._images)

    def __call__(self, images, seed=0):
        """Reconstruct.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise; the same noise on every backend.

        Returns:
            Integers, same shape.
        """
        rng = np.random.default_rng(seed)
        noise = draw_normal(self.model.noise_shapes(len(images)), rng)
        uniforms = draw_uniform(likelihood_noise_shapes(self.model, len(images)), rng)
        return to_uint8(self._reconstruct.run((images, noise, uniforms)))

    def _images(self, inputs):
        images, noise, uniforms = inputs
        parameters = self.model(images, noise).parameters
        return likelihood_output(self.model.likelihood, parameters, self.output, uniforms)
