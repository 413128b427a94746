"""A tighter bound on log p(x) than the ELBO, by importance weighting."""

import numpy as np
from keras import ops

from hvae.inference.evaluation.log_mean_exp import LogMeanExp
from hvae.inference.running.batches import filled_batch
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.likelihoods.base import sum_over_image
from hvae.noise.draws import draw_normal


def importance_weighted_bound(
    log_weights, images, num_samples, seed=0, batch_size=100, progress=iter
):
    """log (1/K) Σ p(x, z_k) / q(z_k|x) of every image, with z_k drawn from q.

    Its expectation lies between ELBO (K = 1) and log p(x), and rises with K. The weights
    are taken up one sample at a time: memory does not depend on K.

    Args:
        log_weights: function of a batch of images and a `numpy.random.Generator`, which
            draws one z for every image and returns log p(x, z) − log q(z|x), `(batch,)`;
            for a model its `LogWeights`.
        images: `(images, …)`.
        num_samples: K.
        seed: seed of the generator.
        batch_size: images at a time.
        progress: wraps the sequence of steps, one sample of one batch each.

    Returns:
        The bound in nats, `(images,)`, float64.

    Reference:
        Burda et al. 2016 (IWAE), Equation 8.
    """
    rng = np.random.default_rng(seed)
    size = min(batch_size, len(images))
    starts = range(0, len(images), size)
    bound = np.empty(len(images))
    for step in progress(range(len(starts) * num_samples)):
        start = starts[step // num_samples]
        if step % num_samples == 0:
            batch, count = filled_batch(images, start, size)
            total = LogMeanExp(size)
        total.add(log_weights(batch, rng))
        if total.count == num_samples:
            bound[start : start + count] = total.value[:count]
    return bound


class LogWeights:
    """log p(x, z) − log q(z|x) of one posterior sample of every image; compiled once.

    Args:
        model: an `HVAE`, with or without flows.

    Call arguments:
        images: integers, `(batch, height, width, channels)`.
        rng: a `numpy.random.Generator`; the noise is the same on every backend.
    """

    def __init__(self, model):
        self.model = model
        self._terms = CompiledFunction(model, self._score)

    def __call__(self, images, rng):
        noise = draw_normal(self.model.noise_shapes(len(images)), rng)
        terms = self._terms.run((images, noise))
        # Sums of thousands of nats whose differences, to fractions of one, decide.
        log_ratio = terms["log_ratio"].sum(axis=-1, dtype=np.float64)
        return -terms["nll"].astype(np.float64) - log_ratio

    def _score(self, inputs):
        output = self.model(*inputs)
        ratios = [sum_over_image(latent.log_ratio) for latent in output.latents]
        return {"nll": output.nll, "log_ratio": ops.stack(ratios, axis=-1)}
