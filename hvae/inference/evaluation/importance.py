"""A tighter bound on log p(x) than the ELBO, by importance weighting."""

import numpy as np
from keras import ops

from hvae.inference.evaluation.log_mean_exp import LogMeanExp
from hvae.inference.running.batches import sampled_batches
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.likelihoods.base import sum_over_image
from hvae.noise.draws import latent_noise


def importance_weighted_bound(
    log_weights, images, num_samples, seed=0, batch_size=100, progress=iter, numbers=None
):
    """log (1/K) Σ p(x, z_k) / q(z_k|x) of every image, with z_k drawn from q.

    Its expectation lies between ELBO (K = 1) and log p(x), and rises with K. The weights
    are taken up one sample at a time: memory does not depend on K.

    Args:
        log_weights: function of a batch of images, their numbers, the seed, and the sample's
            number, on which the z that it draws for every image depends; returns
            log p(x, z) − log q(z|x), `(batch,)`; for a model its `LogWeights`.
        images: `(images, …)`.
        num_samples: K; or several, which all come from one pass: the first samples of the
            largest.
        seed: seed of the noise; the same on every backend and for every batch size.
        batch_size: images at a time.
        progress: wraps the sequence of steps, one sample of one batch each.
        numbers: the images' numbers in their set, on which their noise depends; 0, 1, … if
            left out.

    Returns:
        The bound in nats, `(images,)`, float64; of several K `(several, images)`.

    Reference:
        Burda et al. 2016 (IWAE), Equation 8.
    """
    wanted = np.atleast_1d(num_samples)
    bounds = np.empty((len(wanted), len(images)))
    for start, batch, of_batch, count, sample in sampled_batches(
        images, batch_size, wanted.max(), numbers, progress
    ):
        if sample == 0:
            total = LogMeanExp(len(batch))
        total.add(log_weights(batch, of_batch, seed, sample))
        bounds[wanted == total.count, start : start + count] = total.value[:count]
    return bounds if np.ndim(num_samples) else bounds[0]


class LogWeights:
    """log p(x, z) − log q(z|x) of one posterior sample of every image; compiled once.

    Args:
        model: an `HVAE`, with or without flows.

    Call arguments:
        images: integers, `(batch, height, width, channels)`.
        numbers: the images' numbers in their set.
        seed: seed of the noise; the same on every backend.
        sample: which of the samples of each image.
    """

    def __init__(self, model):
        self.model = model
        self._terms = CompiledFunction(model, self._score)

    def __call__(self, images, numbers, seed=0, sample=0):
        noise = latent_noise(self.model, numbers, seed, sample)
        terms = self._terms.run((images, noise))
        # Sums of thousands of nats whose differences, to fractions of one, decide.
        log_ratio = terms["log_ratio"].sum(axis=-1, dtype=np.float64)
        return -terms["nll"].astype(np.float64) - log_ratio

    def _score(self, inputs):
        output = self.model(*inputs)
        ratios = [sum_over_image(latent.log_ratio) for latent in output.latents]
        return {"nll": output.nll, "log_ratio": ops.stack(ratios, axis=-1)}
