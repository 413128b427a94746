"""Mixtures that every channel of a pixel has to itself."""

from typing import Any, NamedTuple

from keras import ops


class ChannelMixture(NamedTuple):
    """M components of a location-scale family for each of C channels."""

    log_weights: Any  # (batch, height, width, C, M), normalized
    means: Any  # (batch, height, width, C, M)
    log_scales: Any  # (batch, height, width, C, M), nats

    def log_prob(self, log_components):
        """Log-probability or density, `(batch, height, width, C)`, from the components'."""
        return ops.logsumexp(self.log_weights + log_components, axis=-1)

    def average(self, values):
        """Weighted average of a value of the components, `(batch, height, width, C)`."""
        return ops.sum(ops.exp(self.log_weights) * values, axis=-1)

    def highest_peak(self):
        """Mean of the component whose density is highest there, `(batch, height, width, C)`.

        The mode where components are apart; overlapping ones may peak between means.
        """
        # A density at its centre is inversely proportional to the scale.
        return _pick(ops.argmax(self.log_weights - self.log_scales, axis=-1), self.means)

    def choose_component(self, noise):
        """Mean and scale of the component chosen by noise, `(batch, height, width, C)` each.

        Args:
            noise: `(batch, height, width, C, M)`; standard Gumbel variables draw by weight.
        """
        index = ops.argmax(self.log_weights + noise, axis=-1)
        return _pick(index, self.means), ops.exp(_pick(index, self.log_scales))


def split_channels(parameters, channels):
    """Parameters of each channel to itself, float32: `(batch, height, width, C, 3M)`."""
    place = tuple(ops.shape(parameters))[:-1]
    return ops.reshape(ops.cast(parameters, "float32"), (*place, channels, -1))


def _pick(index, values):
    return ops.take_along_axis(values, ops.expand_dims(index, -1), axis=-1)[..., 0]
