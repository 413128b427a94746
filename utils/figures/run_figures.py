"""All figures of a run."""

import pathlib

import numpy as np

from hvae.files.atomic import make_folder
from hvae.images.eight_bits import eight_bits
from hvae.inference.generation.generator import Generator
from hvae.inference.latents.reconstructor import Reconstructor
from utils.figures.kl_per_scale import draw_kl_per_scale
from utils.figures.reconstructions import draw_reconstructions
from utils.figures.samples import draw_samples
from utils.figures.training_curves import draw_training_curves

_NUM_RECONSTRUCTIONS = 48


class RunFigures:
    """Draws training curves, reconstructions, samples and KL per scale of a model.

    What the figures need is compiled once, however often they are drawn.

    Args:
        folder: where the PNG files go; made if missing.
        model: an `HVAE`; drawn with the weights that it holds at the time.
        images: held-out images to reconstruct, integers.
    """

    def __init__(self, folder, model, images):
        self.folder = pathlib.Path(folder)
        self.model = model
        self.images = np.asarray(images[:_NUM_RECONSTRUCTIONS])
        self._generate = Generator(model)
        self._reconstruct = Reconstructor(model)

    def draw(self, history, evaluation):
        """Write the files.

        Args:
            history: a dictionary of metrics per epoch.
            evaluation: an `Evaluation` on held-out images.

        Returns:
            The files' paths.
        """
        make_folder(self.folder)
        config, reporter = self.model.config, self.model.reporter
        names = ("training_curves", "reconstructions", "samples", "kl_per_scale")
        curves, reconstructions, samples, kl = paths = [
            self.folder / f"{name}.png" for name in names
        ]
        draw_training_curves(curves, history, reporter)
        draw_reconstructions(
            reconstructions,
            eight_bits(self.images, config.levels),
            eight_bits(self._reconstruct(self.images).images, self.model.likelihood.mean_levels),
        )
        draw_samples(samples, self._generate, config.levels)
        draw_kl_per_scale(kl, evaluation, config.latent_scales, reporter)
        return paths
