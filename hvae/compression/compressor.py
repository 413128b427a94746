"""Images to a stack of bits and back, with the latents of all blocks."""

from typing import NamedTuple

import numpy as np

from hvae.compression.pixels import pop_images, push_images
from hvae.compression.stack import STEPS, Stack
from hvae.images.checked_images import checked_images

_WORD = 32  # bits
# Of a latent variable drawn from q: more than it can take.
_BITS_OF_A_VARIABLE = 24
#: A batch's: what a file costs once, and memory, grow with it.
MOST_IMAGES, MOST_PIXELS = 16, 2**16


class Compressed(NamedTuple):
    """Images as bits."""

    words: np.ndarray  # uint32
    num_images: int
    initial_bits: int  # of the words: what the first batch drew its latents with


class Compressor:
    """Bits-back coding: z is drawn by bits on the stack, which decoding gives back.

    What a batch costs is −log p(x|z) − log p(z) + log q(z|x), its one-sample −ELBO. z is on a
    grid of `STEPS` steps a standard deviation of the prior, so that its probabilities are
    integers. Encoder and decoder run the same operations on batches of one size. Needs nothing
    but NumPy and constriction, beside what walks through the model.

    Args:
        walks: the model's `Walks`.
        batch_size: images at a time, the same for both directions; see `allowed_batch`.

    Reference:
        Townsend et al. 2020 (HiLLoC), Sections 2 and 3.
    """

    def __init__(self, walks, batch_size):
        self._walks = walks
        self._batch_size = batch_size

    def compress(self, images, progress=iter):
        """Images `(images, height, width, channels)` of the model's size as `Compressed`."""
        images = checked_images(images, self._walks)
        start_words = self._start()
        stack = Stack(start_words)
        starts = range(0, len(images), self._batch_size)
        for start in progress(starts):
            self._push(stack, images[start : start + self._batch_size])
        words = stack.words()[stack.low_water :]
        initial_bits = _WORD * (len(start_words) - stack.low_water)
        return Compressed(words, len(images), initial_bits)

    def decompress(self, compressed, progress=iter):
        """The images of a `Compressed`, uint8 up to 256 levels."""
        start_words = self._start()
        below = len(start_words) - compressed.initial_bits // _WORD
        stack = Stack(np.concatenate([start_words[:below], compressed.words]))
        starts = range(0, compressed.num_images, self._batch_size)
        batches = []
        for start in progress(starts[::-1]):
            count = min(self._batch_size, compressed.num_images - start)
            batches.append(self._pop(stack, count))
        return np.concatenate(batches[::-1])

    def _push(self, stack, images):
        drawn = []

        def draw(block):
            drawn.append(stack.pop_posterior(*_in_steps(block)))
            return _on_grid(block, drawn[-1])

        parameters = self._walks.posterior_walk(images, draw)
        push_images(stack, self._walks, parameters, images)
        for places in drawn[::-1]:
            stack.push_prior(places)

    def _pop(self, stack, count):
        drawn, latents = [], []

        def draw(block):
            drawn.append(stack.pop_prior(block.prior_mean.shape))
            latents.append(_on_grid(block, drawn[-1]))
            return latents[-1]

        images = pop_images(stack, self._walks, self._walks.prior_walk(count, draw))
        blocks = self._walks.gaussians(images, latents)
        for places, block in zip(drawn[::-1], blocks[::-1]):
            stack.push_posterior(places, *_in_steps(block))
        return images

    def _start(self):
        """Bits that the first batch draws with: random, and known to both sides."""
        variables = sum(int(np.prod(shape)) for shape in self._walks.latent_shapes)
        count = self._batch_size * variables * _BITS_OF_A_VARIABLE // _WORD + 64
        return np.random.default_rng(0).integers(0, 2**_WORD, count, dtype=np.uint32)


def allowed_batch(image_size, wanted):
    """The most images of a batch that are allowed, and no more than wanted.

    Args:
        image_size: `(height, width)`.
        wanted: how many were asked for.
    """
    return max(1, min(wanted, MOST_IMAGES, MOST_PIXELS // (image_size[0] * image_size[1])))


def _in_steps(block):
    """Mean and standard deviation of q in steps of the grid that p decides, float64."""
    p_mean, p_log, q_mean, q_log = (values.astype("float64") for values in block)
    return (q_mean - p_mean) * np.exp(-p_log) * STEPS, np.exp(q_log - p_log) * STEPS


def _on_grid(block, places):
    """z at these places of the grid, float32."""
    mean, log_std = (x.astype("float64") for x in (block.prior_mean, block.prior_log_std))
    return (mean + np.exp(log_std) / STEPS * places).astype("float32")
