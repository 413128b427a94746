"""Discretized mixture of logistics with weights for every channel."""

import math

from keras import ops

from hvae.likelihoods._channel_mixture import ChannelMixture, split_channels
from hvae.likelihoods._logistic_bins import (
    LogisticBins,
    edges_of_values,
    mean_of_clipped_logistic,
    range_probabilities,
    ranges_of_values,
)
from hvae.likelihoods.base import Likelihood, own_channel, sum_over_image
from hvae.numerics.stable import soft_clamp

# The published code found means to drift without end on black and white pixels.
_LARGEST_MEAN = 5.0
_LOG_LEAST_PUBLISHED = math.log(1e-10)


class LogisticMixture(Likelihood):
    """Channels are independent mixtures of logistics, integrated over each level's bin.

    Means and scales are those of y = 2x − 1 in [−1, 1], where bins are 2/(levels − 1)
    wide. The bins of the first and last level reach to infinity.

    Parameters of a pixel: for each channel M mixture logits, soft-clamped to ±5, then M
    means, clipped to ±5, then M log-scales.

    Args:
        channels: channels of the images.
        levels: number of intensity levels.
        num_mixtures: number M of components.
        min_log_scale: log-scales are not allowed below this.
        published_bins: `"mgp123_nvae"`: as there, the two highest levels share the last
            bin's open form and closed bins have a probability of at least 1e-10; the
            probabilities of all levels then sum to more than 1. `"off"`: a distribution.

    Reference:
        github.com/mgp123/nvae, `DiscMixLogistic`; Salimans et al. 2017 (PixelCNN++),
        Section 2.1, without its channels given each other.
    """

    def __init__(self, channels, levels, num_mixtures, min_log_scale=-7.0, published_bins="off"):
        super().__init__(channels, levels)
        self.num_mixtures = num_mixtures
        self.min_log_scale = min_log_scale
        self.published_bins = published_bins

    @classmethod
    def from_model_config(cls, config):
        return cls(
            config.image_channels,
            config.levels,
            config.num_output_mixtures,
            config.min_log_scale,
            config.published_bins,
        )

    @property
    def num_parameters(self):
        return self.channels * 3 * self.num_mixtures

    def nll(self, parameters, images):
        mixture = self._split(parameters)
        levels = ops.expand_dims(ops.cast(images, "int32"), -1)
        lower, upper = edges_of_values(levels, self.levels)
        bins = LogisticBins.between(
            lower - mixture.means,
            upper - mixture.means,
            mixture.log_scales,
            width=2.0 / (self.levels - 1),
        )
        last = self.levels - 1
        if self.published_bins == "mgp123_nvae":
            last = self.levels - 2
            bins = bins._replace(closed=ops.maximum(bins.closed, _LOG_LEAST_PUBLISHED))
        log_bins = bins.select(is_first=ops.equal(levels, 0), is_last=levels >= last)
        return -sum_over_image(mixture.log_prob(log_bins))

    def range_probabilities(self, parameters, values, channels, starts, spans):
        mixture = self._split(parameters)
        return range_probabilities(
            [own_channel(x, channels) for x in mixture],
            **ranges_of_values(starts, spans, self.levels),
        )

    def mean(self, parameters):
        """E[x | z] of the clipped logistics; the published code takes them unclipped."""
        mixture = self._split(parameters)
        means = mean_of_clipped_logistic(mixture.means, mixture.log_scales)
        return _to_unit_interval(mixture.average(means))

    def mode(self, parameters):
        """Centre of the component whose density is highest there.

        Exact where components are apart; overlapping ones may peak between centres.
        """
        return _to_unit_interval(self._split(parameters).highest_peak())

    def noise_shapes(self, batch, height, width):
        pixels = (batch, height, width, self.channels)
        return {"mixture": (*pixels, self.num_mixtures), "logistic": pixels}

    def from_noise(self, parameters, noise):
        mean, scale = self._split(parameters).choose_component(noise["mixture"])
        return _to_unit_interval(mean + scale * noise["logistic"])

    def _split(self, parameters):
        logits, means, log_scales = ops.split(split_channels(parameters, self.channels), 3, axis=-1)
        return ChannelMixture(
            ops.log_softmax(soft_clamp(logits), axis=-1),
            ops.clip(means, -_LARGEST_MEAN, _LARGEST_MEAN),
            ops.maximum(log_scales, self.min_log_scale),
        )


def _to_unit_interval(y):
    """From [−1, 1], clipped."""
    return ops.clip(0.5 * (y + 1.0), 0.0, 1.0)
