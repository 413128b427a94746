"""Which latent blocks carry information."""

import numpy as np

from hvae.inference.evaluation.evaluator import Evaluator
from hvae.inference.generation.generator import Generator

#: Own samples of which the KL is looked at.
_SAMPLES = 32


def block_information(model, seed=0, batch_size=100, images=None):
    """What each block carries of some images.

    Args:
        model: an `HVAE`.
        seed: of the noise.
        batch_size: images at a time.
        images: integers, `(images, height, width, channels)`; if left out, samples of the
            model's own: no data set is needed.

    Returns:
        Mean KL of every block, `(blocks,)`, nats per image; how many of its variables are active.
    """
    if images is None:
        images = Generator(model, batch_size=batch_size)(_SAMPLES, seed=seed)
    evaluation = Evaluator(model, batch_size)(np.asarray(images), seed=seed)
    return evaluation.kl.mean(axis=0), evaluation.active_units


def first_informative(kl, active_units):
    """The first block with an active variable, from the smallest scale on.

    If there is none, the block with the largest KL.
    """
    return next((i for i, active in enumerate(active_units) if active), int(np.argmax(kl)))
