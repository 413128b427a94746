"""p(x|z) as a table: the probability of every value of a channel, given the channels before it."""

import numpy as np
from keras import ops

from hvae.errors import UserError

#: Likelihoods that are distributions over the values of whole pixels.
ALLOWED = ("bernoulli", "dmol", "logistic_mixture", "discretized_logistic")


def check_likelihood(config):
    """Refuse likelihoods that give values of pixels no probabilities.

    Raises:
        UserError: names the setting.
    """
    if config.likelihood not in ALLOWED:
        raise UserError(
            f"likelihood: compression allows {', '.join(ALLOWED)}. Received: {config.likelihood}"
        )
    if config.likelihood == "bernoulli" and config.levels > 2:
        raise UserError(
            "likelihood: compression with bernoulli needs binary pixels. "
            f"Received: {config.levels} levels"
        )
    if config.num_bits and 2**config.num_bits != config.levels:
        raise UserError(
            f"num_bits: compression needs all bits of a pixel. Received: {config.num_bits}"
        )


class PixelTables:
    """Tables of one batch.

    Args:
        likelihood: the model's.
        parameters: `(batch, height, width, num_parameters)`.
    """

    def __init__(self, likelihood, parameters):
        parameters = ops.convert_to_numpy(parameters).astype("float32")
        # One pixel an image: so a likelihood's `nll` is that of pixels.
        self._parameters = parameters.reshape(-1, 1, 1, parameters.shape[-1])
        self._likelihood = likelihood
        self._mixture = None
        if likelihood.channels == 3 and hasattr(likelihood, "one_channel"):
            self._mixture = _ChannelByChannel(likelihood, self._parameters)

    def table(self, channel):
        """Probabilities of a channel's values, `(pixels, levels)` float32."""
        if self._mixture is not None:
            return _normalized(self._mixture.log_probabilities())
        shape = (len(self._parameters), 1, 1, self._likelihood.channels)
        values = np.zeros(shape, "int32")
        log_probabilities = []
        for level in range(self._likelihood.levels):
            values[..., channel] = level
            log_probabilities.append(_log_probability(self._likelihood, self._parameters, values))
        return _normalized(np.stack(log_probabilities, axis=-1))

    def given(self, values):
        """Say what the channel was, `(pixels,)` integers, before the next one is asked for."""
        if self._mixture is not None:
            self._mixture.given(values)


class _ChannelByChannel:
    """A mixture whose component is chosen for a whole pixel: weights learn from each channel."""

    def __init__(self, likelihood, parameters):
        self._likelihood = likelihood.one_channel()
        self._component = likelihood.one_channel(num_mixtures=1)
        count = likelihood.num_mixtures
        flat = parameters.reshape(len(parameters), -1)
        self._logits = flat[:, :count]
        # (pixels, channels, means | scales | coefficients, components)
        self._rest = flat[:, count:].reshape(len(flat), likelihood.channels, 3, count)
        self._before = []  # values of the channels so far, on the likelihood's scale

    def log_probabilities(self):
        parameters = self._parameters()
        values = np.zeros((len(parameters), 1, 1, 1), "int32")
        found = []
        for level in range(self._likelihood.levels):
            values[:] = level
            found.append(_log_probability(self._likelihood, parameters, values))
        return np.stack(found, axis=-1)

    def given(self, values):
        means, scales = self._means(), self._rest[:, len(self._before), 1]
        pixels, count = means.shape
        zeros = np.zeros_like(means)
        alone = np.stack([zeros, means, scales], axis=-1).reshape(-1, 1, 1, 3)
        repeated = np.repeat(values.astype("int32"), count).reshape(-1, 1, 1, 1)
        log_probability = _log_probability(self._component, alone, repeated)
        self._logits = self._logits + log_probability.reshape(pixels, count)
        scaled = self._likelihood.scale(values.astype("int32"))
        self._before.append(ops.convert_to_numpy(scaled)[:, None])

    def _parameters(self):
        scales = self._rest[:, len(self._before), 1]
        parts = [self._logits, self._means(), scales]
        return np.concatenate(parts, axis=-1).reshape(len(scales), 1, 1, -1)

    def _means(self):
        channel = len(self._before)
        means = self._rest[:, channel, 0]
        # As the likelihood has its coefficients: green|red, blue|red, blue|green.
        for i, value in enumerate(self._before):
            means = means + np.tanh(self._rest[:, channel - 1 + i, 2]) * value
        return means


def _log_probability(likelihood, parameters, values):
    return -ops.convert_to_numpy(likelihood.nll(parameters, values))


def _normalized(log_probabilities):
    highest = log_probabilities.max(axis=-1, keepdims=True)
    probabilities = np.exp((log_probabilities - highest).astype("float64"))
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    return np.ascontiguousarray(probabilities, dtype=np.float32)
