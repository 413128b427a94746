"""Discretized logistic."""

import math

from keras import ops

from hvae.likelihoods._logistic_bins import (
    LogisticBins,
    mean_of_clipped_logistic,
    range_probabilities,
)
from hvae.likelihoods.base import Likelihood, own_channel, sum_over_image

# Where training starts: the middle of the interval, a scale of 1/e.
_MEAN_OFFSET = 0.5
_LOG_SCALE_OFFSET = -1.0
# The published code adds this to every probability, so those of all levels sum to
# 1 + levels · 1e-7; results in the literature include that.
_LOG_ADDED_PROBABILITY = math.log(1e-7)


class DiscretizedLogistic(Likelihood):
    """Channels are independent logistics, integrated over each level's bin.

    The logistic is that of a value v of which level k covers [k, k + 1)/levels. The bins
    of the first and last level reach to infinity.

    Parameters of a pixel: the means of all channels, to which 0.5 is added, then their
    log-scales, to which −1 is added.

    Args:
        channels: channels of the images.
        levels: number of intensity levels.
        min_log_scale: log-scales are not allowed below this.

    Reference:
        github.com/addtt/ladder-vae-pytorch, `DiscretizedLogisticLikelihood`.
    """

    def __init__(self, channels, levels, min_log_scale=-7.0):
        super().__init__(channels, levels)
        self.min_log_scale = min_log_scale

    @classmethod
    def from_model_config(cls, config):
        return cls(config.image_channels, config.levels, config.min_log_scale)

    @property
    def num_parameters(self):
        return 2 * self.channels

    def nll(self, parameters, images):
        means, log_scales = self._split(parameters)
        levels = ops.cast(images, "int32")
        lower = ops.cast(levels, "float32") / self.levels - means
        upper = (ops.cast(levels, "float32") + 1.0) / self.levels - means
        bins = LogisticBins.between(lower, upper, log_scales, width=1.0 / self.levels)
        log_bins = bins.select(
            is_first=ops.equal(levels, 0), is_last=ops.equal(levels, self.levels - 1)
        )
        return -sum_over_image(ops.logaddexp(log_bins, _LOG_ADDED_PROBABILITY))

    def range_probabilities(self, parameters, values, channels, starts, spans):
        mean, log_scale = (own_channel(x, channels)[:, None] for x in self._split(parameters))
        stops = ops.minimum(starts + spans, self.levels)
        edges = [ops.cast(x, "float32") / self.levels for x in (starts, stops)]
        probabilities = range_probabilities(
            (ops.zeros_like(mean), mean, log_scale),
            edges,
            ops.cast(spans, "float32") / self.levels,
            is_first=ops.equal(starts, 0),
            is_last=ops.equal(stops, self.levels),
        )
        counts = ops.cast(ops.maximum(stops - starts, 0), "float32")
        return probabilities + counts * math.exp(_LOG_ADDED_PROBABILITY)

    def mean(self, parameters):
        """E[x | z] of the logistic, clipped but not rounded: at most half a level off."""
        means, log_scales = self._split(parameters)
        # The middles of the first and last bin become −1 and 1.
        stretch = 2.0 * self.levels / (self.levels - 1)
        clipped = mean_of_clipped_logistic(stretch * (means - 0.5), log_scales + math.log(stretch))
        return 0.5 * (clipped + 1.0)

    def mode(self, parameters):
        """The level with the mean in its bin: the most probable one but for open bins."""
        means, _ = self._split(parameters)
        return self._of_level_at(means)

    def noise_shapes(self, batch, height, width):
        return {"logistic": (batch, height, width, self.channels)}

    def from_noise(self, parameters, noise):
        means, log_scales = self._split(parameters)
        return self._of_level_at(means + ops.exp(log_scales) * noise["logistic"])

    def _split(self, parameters):
        means, log_scales = ops.split(ops.cast(parameters, "float32"), 2, axis=-1)
        log_scales = ops.maximum(log_scales + _LOG_SCALE_OFFSET, self.min_log_scale)
        return means + _MEAN_OFFSET, log_scales

    def _of_level_at(self, v):
        """x of the level whose bin v is in."""
        return ops.clip(ops.floor(v * self.levels), 0.0, self.levels - 1.0) / (self.levels - 1)
