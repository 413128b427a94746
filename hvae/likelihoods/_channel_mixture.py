"""Mixtures that every channel of a pixel has to itself."""

from typing import Any, NamedTuple

from keras import ops

from hvae.numerics.choice import chosen, first_largest


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
        return chosen(self.means, first_largest(self.log_weights - self.log_scales))

    def choose_component(self, noise):
        """Mean and scale of the component chosen by noise, `(batch, height, width, C)` each.

        Args:
            noise: `(batch, height, width, C, M)`; standard Gumbel variables draw by weight.
        """
        choice = first_largest(self.log_weights + noise)
        return chosen(self.means, choice), ops.exp(chosen(self.log_scales, choice))


def split_channels(parameters, channels):
    """Parameters of each channel to itself, float32: `(batch, height, width, C, 3M)`."""
    place = tuple(ops.shape(parameters))[:-1]
    return ops.reshape(ops.cast(parameters, "float32"), (*place, channels, -1))
