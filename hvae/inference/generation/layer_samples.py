"""What the latents of one part of the hierarchy decide."""

from typing import NamedTuple

import numpy as np

from hvae.inference.checked_inputs import checked_output
from hvae.inference.generation.generator import likelihood_output, to_uint8
from hvae.inference.generation.temperatures import block_temperatures, per_image
from hvae.inference.running.batches import filled_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise, likelihood_noise


class LayerSamples(NamedTuple):
    """A grid of samples."""

    images: np.ndarray  # (rows, columns, height, width, channels), integers
    z: tuple[np.ndarray, ...]  # per block (rows, columns, height, width, z_width), smallest first


class LayerSampler:
    """Draws grids in which one part of the hierarchy varies; compiled once.

    In a row the blocks above that part have the same latents; every column draws the part
    anew; the blocks below are at the means of their priors.

    Args:
        model: an `HVAE`.
        output: `"mean"`, `"mode"` or `"sample"` of p(x|z).
        rows, columns: size of the grids.
        batch_size: images at a time.

    Reference:
        github.com/addtt/ladder-vae-pytorch, hierarchical representations.
    """

    def __init__(self, model, output="mean", rows=6, columns=8, batch_size=100):
        self.model = model
        self.output = checked_output(output)
        self.rows = rows
        self.columns = columns
        self.batch_size = batch_size
        self._decode = CompiledFunction(model, self._samples)

    def __call__(self, blocks, temperature=1.0, seed=0):
        """Draw one grid.

        Args:
            blocks: the `range` of blocks that vary, numbered from the smallest scale.
            temperature: factor on the prior's standard deviations, one for all blocks or
                one for each; that of the blocks below is not used.
            seed: seed of the noise; the same noise on every backend. Grids of other blocks
                share what is above both.

        Returns:
            `LayerSamples`.

        Raises:
            UserError: if there is not one temperature for all blocks or for each.
        """
        num_blocks = len(self.model.config.latent_scales)
        temperatures = block_temperatures(temperature, num_blocks)
        temperatures[blocks.stop :] = [0.0] * (num_blocks - blocks.stop)
        count = self.rows * self.columns
        batches = []
        for _, numbers, _ in filled_batches(range(count), self.batch_size):
            first_of_row = numbers - numbers % self.columns
            above = latent_noise(self.model, first_of_row, seed)[: blocks.start]
            rest = latent_noise(self.model, numbers, seed)[blocks.start :]
            uniforms = likelihood_noise(self.model, numbers, seed)
            batches.append(
                self._decode.run(((*above, *rest), uniforms, per_image(temperatures, len(numbers))))
            )
        z = [self._as_grid(values) for values in zip(*(batch["z"] for batch in batches))]
        # Equal noise gives equal z but for rounding, which depends on the place in a batch.
        above = [np.repeat(values[:, :1], self.columns, axis=1) for values in z[: blocks.start]]
        return LayerSamples(
            to_uint8(self._as_grid([batch["images"] for batch in batches])),
            (*above, *z[blocks.start :]),
        )

    def _samples(self, inputs):
        noise, uniforms, temperatures = inputs
        parameters, latents = self.model.top_down(noise, temperature=temperatures)
        images = likelihood_output(self.model.likelihood, parameters, self.output, uniforms)
        return {"images": images, "z": [latent.z for latent in latents]}

    def _as_grid(self, batches):
        values = np.concatenate(batches)[: self.rows * self.columns]
        return values.reshape(self.rows, self.columns, *values.shape[1:])
