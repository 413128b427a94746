"""Images to a stack of bits and back, with the latents of all blocks."""

from typing import NamedTuple

import numpy as np
from keras import ops

from hvae.compression.pixel_tables import PixelTables, check_likelihood
from hvae.compression.stack import STEPS, Stack
from hvae.errors import UserError
from hvae.images.checked_images import checked_images

_WORD = 32  # bits
# Of a latent variable drawn from q: more than it can take.
_BITS_OF_A_VARIABLE = 24


class Compressed(NamedTuple):
    """Images as bits."""

    words: np.ndarray  # uint32
    num_images: int
    initial_bits: int  # of the words: what the first batch drew its latents with


class Compressor:
    """Bits-back coding: z is drawn by bits on the stack, which decoding gives back.

    What a batch costs is −log p(x|z) − log p(z) + log q(z|x), its one-sample −ELBO. z is on a
    grid of `STEPS` steps a standard deviation of the prior, so that its probabilities are
    integers. Encoder and decoder run the same operations, one by one, on batches of one size.

    Args:
        model: an `HVAE` without flows of the posterior.
        batch_size: images at a time, the same for both directions.

    Raises:
        UserError: if the model's likelihood is no distribution, or its posterior has flows.

    Reference:
        Townsend et al. 2020 (HiLLoC), Sections 2 and 3.
    """

    def __init__(self, model, batch_size=16):
        check_likelihood(model.config)
        if model.config.flow_type != "none" and not getattr(model.config, "fixed_flows", False):
            raise UserError(
                "flow_type: compression needs a posterior without flows. "
                f"Received: {model.config.flow_type}"
            )
        self._model = model
        self._batch_size = batch_size
        self._num_variables = sum(int(np.prod(shape[1:])) for shape in model.noise_shapes(1))

    def compress(self, images, progress=iter):
        """Images `(images, height, width, channels)` of the model's size as `Compressed`."""
        images = checked_images(images, self._model.config)
        stack = Stack(self._start())
        starts = range(0, len(images), self._batch_size)
        for start in progress(starts):
            self._push(stack, images[start : start + self._batch_size])
        words = stack.words()[stack.low_water :]
        initial_bits = _WORD * (len(self._start()) - stack.low_water)
        return Compressed(words, len(images), initial_bits)

    def decompress(self, compressed, progress=iter):
        """The images of a `Compressed`, uint8."""
        below = len(self._start()) - compressed.initial_bits // _WORD
        stack = Stack(np.concatenate([self._start()[:below], compressed.words]))
        starts = range(0, compressed.num_images, self._batch_size)
        batches = []
        for start in progress(starts[::-1]):
            count = min(self._batch_size, compressed.num_images - start)
            batches.append(self._pop(stack, count))
        return np.concatenate(batches[::-1])

    def _push(self, stack, images):
        drawn = []

        def draw(prior, posterior):
            places = stack.pop_posterior(*_in_steps(prior, posterior))
            drawn.append(places)
            return _on_grid(prior, places)

        parameters = self._walk(len(images), self._model.bottom_up(images), draw).parameters
        tables = self._tables(parameters, images)
        for channel in reversed(range(images.shape[-1])):
            stack.push_values(images[..., channel], tables[channel])
        for places in drawn[::-1]:
            stack.push_prior(places)

    def _pop(self, stack, count):
        drawn = []

        def draw(prior, posterior):
            drawn.append(stack.pop_prior(tuple(prior.mean.shape)))
            return _on_grid(prior, drawn[-1])

        parameters = self._walk(count, None, draw).parameters
        height, width = self._model.config.image_size
        pixels = PixelTables(self._model.likelihood, parameters)
        channels = []
        for channel in range(self._model.config.image_channels):
            values = stack.pop_values(pixels.table(channel))
            pixels.given(values)
            channels.append(values.reshape(count, height, width))
        images = np.stack(channels, axis=-1).astype("uint8")
        places = iter(drawn)
        again = self._walk(
            count,
            self._model.bottom_up(images),
            lambda prior, posterior: _on_grid(prior, next(places)),
        )
        for latent, found in zip(again.latents[::-1], drawn[::-1]):
            stack.push_posterior(found, *_in_steps(latent.prior, latent.posterior))
        return images

    def _tables(self, parameters, images):
        pixels = PixelTables(self._model.likelihood, parameters)
        tables = []
        for channel in range(images.shape[-1]):
            tables.append(pixels.table(channel))
            pixels.given(images[..., channel].reshape(-1))
        return tables

    def _walk(self, count, activations, draw):
        noise = [np.zeros(shape, "float32") for shape in self._model.noise_shapes(count)]
        latents = [draw] * len(noise)
        return self._model.top_down(noise, activations=activations, latents=latents)

    def _start(self):
        """Bits that the first batch draws with: random, and known to both sides."""
        count = self._batch_size * self._num_variables * _BITS_OF_A_VARIABLE // _WORD + 64
        return np.random.default_rng(0).integers(0, 2**_WORD, count, dtype=np.uint32)


def _in_steps(prior, posterior):
    """Mean and standard deviation of q in steps of the grid that p decides, float64."""
    p_mean, p_log, q_mean, q_log = (
        ops.convert_to_numpy(value).astype("float64") for value in (*prior, *posterior)
    )
    return (q_mean - p_mean) * np.exp(-p_log) * STEPS, np.exp(q_log - p_log) * STEPS


def _on_grid(prior, places):
    """z at these places of the grid, float32."""
    mean, log_std = (ops.convert_to_numpy(value).astype("float64") for value in prior)
    return ops.convert_to_tensor((mean + np.exp(log_std) / STEPS * places).astype("float32"))
