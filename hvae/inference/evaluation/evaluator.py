"""How good is a model on some images: NLL, KL and ELBO."""

import dataclasses

import numpy as np
from keras import ops

from hvae.inference.running.batches import sampled_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise

#: A latent variable is active if its mean KL exceeds this many nats.
ACTIVE_NATS = 0.01


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """Results for a set of images, in nats per image."""

    nll: np.ndarray  # (images,), −log p(x|z), mean over posterior samples
    kl: np.ndarray  # (images, blocks), smallest scale first
    kl_of_units: tuple  # per block (height, width, z_width): mean over the images

    @property
    def elbo(self):
        """ELBO of every image, `(images,)`."""
        return -self.nll - self.kl.sum(axis=-1)

    @property
    def active_units(self):
        """Per block, how many latent variables carry more than `ACTIVE_NATS`."""
        return tuple(int((kl > ACTIVE_NATS).sum()) for kl in self.kl_of_units)


def mean_and_standard_error(values):
    """Mean of per-image values, and its standard error."""
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return float(values.mean()), float(error)


class Evaluator:
    """Evaluates a model; compiled once, usable again after its weights have changed.

    Args:
        model: an `HVAE`.
        batch_size: images at a time.
    """

    def __init__(self, model, batch_size=100):
        self.model = model
        self.batch_size = batch_size
        self._score = CompiledFunction(model, self._statistics)

    def __call__(self, images, num_samples=1, seed=0, progress=iter, numbers=None):
        """Evaluate.

        Args:
            images: integers, `(images, height, width, channels)`.
            num_samples: posterior samples of every image, averaged.
            seed: seed of the noise; the same on every backend and for every batch size.
            progress: wraps the sequence of batches, as `tqdm` does.
            numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
                left out.

        Returns:
            `Evaluation`.
        """
        blocks = len(self.model.config.latent_scales)
        nll, kl = np.zeros(len(images)), np.zeros((len(images), blocks))
        kl_of_units = [np.zeros(shape[1:]) for shape in self.model.noise_shapes(1)]
        for start, batch, of_batch, count, sample in sampled_batches(
            images, self.batch_size, num_samples, numbers, progress
        ):
            noise = latent_noise(self.model, of_batch, seed, sample)
            is_real = (np.arange(len(batch)) < count).astype(np.float32)
            scores = self._score.run((batch, noise, is_real))
            nll[start : start + count] += scores["nll"][:count] / num_samples
            kl[start : start + count] += scores["kl"][:count] / num_samples
            for total, sums in zip(kl_of_units, scores["kl_of_units"]):
                total += sums.sum(axis=0) / (num_samples * len(images))
        return Evaluation(nll, kl, tuple(kl_of_units))

    def _statistics(self, inputs):
        images, noise, is_real = inputs
        output = self.model(images, noise)
        weights = ops.reshape(is_real, (-1, 1, 1, 1))
        return {
            "nll": output.nll,
            "kl": output.kl,
            "kl_of_units": [
                ops.sum(latent.kl * weights, axis=0, keepdims=True) for latent in output.latents
            ],
        }
