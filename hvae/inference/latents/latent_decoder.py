"""Latents to images."""

import numpy as np

from hvae.checks.received import received
from hvae.errors import UserError
from hvae.inference.checked_inputs import (
    MOST_SEED,
    check_whole,
    checked_blocks,
    checked_masks,
    checked_output,
)
from hvae.inference.generation.generator import likelihood_output, to_uint8
from hvae.inference.latents.latent_encoder import batched_masks
from hvae.inference.latents.latents import Latents
from hvae.inference.running.batches import filled_batch, filled_batches, image_numbers
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise, likelihood_noise


class LatentDecoder:
    """Decodes latents to images; compiled once.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"mode"` or `"sample"` of p(x|z).
        batch_size: images at a time.
    """

    def __init__(self, model, output="mean", batch_size=100):
        self.model = model
        self.output = checked_output(output)
        self.batch_size = batch_size
        self._decode = CompiledFunction(model, self._parameters)
        self._show = CompiledFunction(model, self._images)

    def __call__(self, latents, seed=0, progress=iter):
        """Decode.

        Args:
            latents: `Latents`. Variables outside their masks are drawn from the prior.
            seed: seed of these variables and of samples of p(x|z); with the images' numbers
                it decides on them, on every backend and for every batch size.
            progress: wraps the sequence of batches, as `tqdm` does.

        Returns:
            Integers below the likelihood's `output_levels`, `(images, height, width, channels)`;
            uint8 for up to 256 levels.

        Raises:
            UserError: as `checked_blocks`, if something else than `Latents` is given, or masks
                or seed are not such as the model expects.
        """
        if not isinstance(latents, Latents):
            raise UserError(
                f"latents: must be Latents, as encode gives them. Received: {received(latents)}"
            )
        checked_blocks(latents.z, self.model, "latents")
        check_whole("seed", seed, 0, MOST_SEED)
        masks = checked_masks(latents.masks, self.model)

        def parameters(start, numbers):
            z = tuple(filled_batch(block, start, len(numbers))[0] for block in latents.z)
            return self.parameters(z, masks, numbers, seed)

        numbers = image_numbers(latents.numbers, latents.num_images)
        return self._stream(parameters, numbers, seed, progress)

    def of_noise(self, noise, seed=0, progress=iter, numbers=None):
        """Decode noise by the prior at temperature 1.

        Args:
            noise: per block `(images, height, width, z_width)`.
            seed, progress: as in a call.
            numbers: the images' numbers, on which samples of p(x|z) depend; 0, 1, … if left out.

        Returns:
            Integers, as of a call.

        Raises:
            UserError: as `checked_blocks`.
        """
        checked_blocks(noise, self.model, "noise")

        def parameters(start, numbers):
            return self.parameters_of_noise(
                tuple(filled_batch(block, start, len(numbers))[0] for block in noise)
            )

        return self._stream(parameters, image_numbers(numbers, len(noise[0])), seed, progress)

    def parameters(self, z, masks, numbers, seed=0):
        """The likelihood's parameters of one batch, `(batch, height, width, num_parameters)`.

        Args:
            z: per block `(batch, height, width, z_width)`.
            masks: per block `(height, width, z_width)`: which of z to take; the others
                are drawn from the prior. `None`: all.
            numbers: the images' numbers in their set, on which the noise depends.
            seed: seed of the noise.
        """
        # With all of z given the noise is not looked at.
        noise = z if masks is None else latent_noise(self.model, numbers, seed)
        return self._decode.run((z, noise, batched_masks(self.model, masks, len(numbers))))

    def parameters_of_noise(self, noise):
        """The same of noise, by the prior at temperature 1."""
        none = [np.zeros(block.shape[1:]) for block in noise]
        return self._decode.run((noise, noise, batched_masks(self.model, none, len(noise[0]))))

    def show(self, parameters, numbers, seed=0):
        """Mean, mode or sample of p(x|z) as integers; arguments as of `parameters`."""
        uniforms = likelihood_noise(self.model, numbers, seed)
        return to_uint8(self._show.run((parameters, uniforms)))

    def _stream(self, parameters, numbers, seed, progress):
        images = []
        for start, of_batch, count in filled_batches(numbers, self.batch_size, progress):
            images.append(self.show(parameters(start, of_batch), of_batch, seed)[:count])
        return np.concatenate(images)

    def _parameters(self, inputs):
        z, noise, masks = inputs
        return self.model.top_down(noise, latents=z, masks=masks).parameters

    def _images(self, inputs):
        parameters, uniforms = inputs
        return likelihood_output(self.model.likelihood, parameters, self.output, uniforms)
