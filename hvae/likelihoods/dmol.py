"""Discretized mixture of logistics."""

import math
from typing import Any, NamedTuple

from keras import ops

from hvae.likelihoods._bin_rules import BIN_RULES
from hvae.likelihoods._logistic_bins import (
    LogisticBins,
    edges_of_values,
    mean_of_clipped_logistic,
    range_probabilities,
    ranges_of_values,
)
from hvae.likelihoods.base import Likelihood, own_channel, sum_over_image
from hvae.numerics.choice import chosen, first_largest
from hvae.numerics.stable import log_of_positive


class _Mixture(NamedTuple):
    """Parameters of the mixture, split; M components, C channels."""

    log_weights: Any  # (batch, height, width, M), normalized
    means: Any  # (batch, height, width, C, M), before the autoregression over channels
    log_scales: Any  # (batch, height, width, C, M)
    coefficients: Any  # (batch, height, width, 3, M) in (−1, 1); None for one channel


class DiscretizedMixtureOfLogistics(Likelihood):
    """Mixture of logistics over the levels, integrated over each level's bin.

    Pixels are scaled to [−1, 1]. The bins of the first and last level reach to
    infinity. With three channels, a component's means of green and blue depend
    linearly on the channels before them.

    Parameters of a pixel, in this order: M mixture logits, then for each channel M
    means, M scales and (RGB only) M coefficients.

    Args:
        channels: 1 or 3.
        levels: number of intensity levels.
        num_mixtures: number M of components.
        scale_param: what the net gives for the scales, see `log_of_positive`.
        smoothing: β there.
        min_log_scale: log-scales are not allowed below this.
        num_bits: if not 0, only the `num_bits` most significant bits of a pixel are scored.
        published_bins: whose bins: a key of `BIN_RULES`. With `"off"` the probabilities of
            all values sum to 1; numbers in the literature need the bins of their own code.

    Reference:
        Salimans et al. 2017 (PixelCNN++), Section 2.1; smoothing: Hazami et al. 2022.
    """

    def __init__(
        self,
        channels,
        levels,
        num_mixtures,
        scale_param="exp",
        smoothing=1.0,
        min_log_scale=-7.0,
        num_bits=0,
        published_bins="off",
    ):
        super().__init__(channels, levels)
        self.num_mixtures = num_mixtures
        self.scale_param = scale_param
        self.smoothing = smoothing
        self.min_log_scale = min_log_scale
        self.num_values = 2**num_bits if num_bits else levels
        self.step = levels // self.num_values  # levels that count as one
        self.rule = BIN_RULES[published_bins]

    @classmethod
    def from_model_config(cls, config):
        return cls(
            config.image_channels,
            config.levels,
            config.num_output_mixtures,
            config.mixture_scale,
            config.output_gradient_smoothing,
            config.min_log_scale,
            config.num_bits,
            config.published_bins,
        )

    @property
    def num_parameters(self):
        per_channel = 3 if self.channels == 3 else 2
        return self.num_mixtures * (1 + self.channels * per_channel)

    def scale(self, images):
        return self._scaled(self._values(images))

    def unscale(self, values):
        values = ops.round((values + 1.0) / self._distance)
        return ops.cast(ops.clip(values, 0, self.num_values - 1), "int32") * self.step

    def nll(self, parameters, images):
        mixture = self._split(parameters)
        values = self._values(images)
        x = self._scaled(values)
        log_bins = self._log_bin_probability(
            ops.expand_dims(values, -1),
            ops.expand_dims(x, -1),
            self._means_given(mixture, x),
            mixture.log_scales,
        )  # (batch, height, width, C, M)
        log_joint = ops.sum(log_bins, axis=-2) + mixture.log_weights
        return -sum_over_image(ops.logsumexp(log_joint, axis=-1))

    def range_probabilities(self, parameters, values, channels, starts, spans):
        mixture = self._split(parameters)
        x = self._scaled(values)
        means = self._means_given(mixture, x)
        log_bins = self._log_bin_probability(
            values[..., None], x[..., None], means, mixture.log_scales
        )
        # A component is chosen for a whole pixel: the weights learn from each channel.
        is_before = ops.less(ops.arange(self.channels, dtype="int32"), channels[:, None])
        learnt = ops.sum(ops.where(is_before[..., None], log_bins, 0.0), axis=1)
        return range_probabilities(
            (
                mixture.log_weights + learnt,
                own_channel(means, channels),
                own_channel(mixture.log_scales, channels),
            ),
            **ranges_of_values(starts, spans, self.levels),
        )

    def mean(self, parameters):
        """E[x | z] of the clipped logistics, channel by channel within a component.

        Exact for one channel. A later channel is given the mean of those before it,
        which is exact but for what clipping does to their spread.
        """
        mixture = self._split(parameters)
        means = []  # of the channels so far, (batch, height, width, M) each
        for channel in range(self.channels):
            location = self._conditional_mean(mixture, channel, means)
            means.append(mean_of_clipped_logistic(location, mixture.log_scales[..., channel, :]))
        weights = ops.expand_dims(ops.exp(mixture.log_weights), -2)
        return ops.sum(ops.stack(means, axis=-2) * weights, axis=-1)

    def mode(self, parameters):
        """Centre of the component whose density is highest there.

        Exact where components are apart; overlapping ones may peak between centres.
        """
        mixture = self._split(parameters)
        # A logistic's density at its centre is 1/(4s).
        log_peaks = mixture.log_weights - ops.sum(mixture.log_scales, axis=-2)
        component = self._choose(mixture, first_largest(log_peaks))
        return self._in_channel_order(component, lambda channel: 0.0)

    def noise_shapes(self, batch, height, width):
        return {
            "mixture": (batch, height, width, self.num_mixtures),
            "logistic": (batch, height, width, self.channels),
        }

    def from_noise(self, parameters, noise):
        mixture = self._split(parameters)
        scores = mixture.log_weights + noise["mixture"]
        component = self._choose(mixture, first_largest(scores))
        offsets = ops.exp(component.log_scales[..., 0]) * noise["logistic"]
        return self._in_channel_order(component, lambda c: offsets[..., c])

    def _values(self, images):
        """Integers 0 … num_values − 1."""
        values = ops.cast(images, "int32")
        return values // self.step if self.step > 1 else values

    @property
    def _distance(self):
        """Of a value to the next, on the scale [−1, 1]."""
        if self.rule.keeps_scale:
            return 2.0 * self.step / (self.levels - 1)
        return 2.0 / (self.num_values - 1)

    def _scaled(self, values):
        """Integers 0 … num_values − 1 to the scale [−1, 1]."""
        return ops.cast(values, "float32") * self._distance - 1.0

    def _split(self, parameters):
        parameters = ops.cast(parameters, "float32")
        m, c = self.num_mixtures, self.channels
        logits, rest = ops.split(parameters, [m], axis=-1)
        place = tuple(ops.shape(parameters))[:-1]
        rest = ops.reshape(rest, (*place, c, -1))
        means, raw_scales, *coefficients = ops.split(rest, 3 if c == 3 else 2, axis=-1)
        log_scales = log_of_positive(raw_scales, self.scale_param, self.smoothing)
        return _Mixture(
            log_weights=ops.log_softmax(logits, axis=-1),
            means=means,
            log_scales=ops.maximum(log_scales, self.min_log_scale),
            coefficients=ops.tanh(coefficients[0]) if coefficients else None,
        )

    def _conditional_mean(self, mixture, channel, before):
        """Means of a channel given the channels before it, `(batch, height, width, M)`."""
        mean = mixture.means[..., channel, :]
        # Coefficients in the order green|red, blue|red, blue|green.
        for i, value in enumerate(before):
            mean = mean + mixture.coefficients[..., channel - 1 + i, :] * value
        return mean

    def _means_given(self, mixture, x):
        """Means given the true values of earlier channels, `(batch, height, width, C, M)`."""
        channels = [x[..., c : c + 1] for c in range(self.channels)]
        return ops.stack(
            [self._conditional_mean(mixture, c, channels[:c]) for c in range(self.channels)],
            axis=-2,
        )

    def _log_bin_probability(self, values, x, means, log_scales):
        """Log-probability that every component gives to its channel's value.

        Args:
            values: integers 0 … num_values − 1, `(batch, height, width, C, 1)`.
            x: the same on the scale [−1, 1].
            means, log_scales: of the components, `(batch, height, width, C, M)`.
        """
        width = 2.0 / (self.num_values - 1)
        centered = x - means
        if self.rule.keeps_scale:
            lower, upper = centered - 0.5 * width, centered + 0.5 * width
        else:
            lower, upper = (edge - means for edge in edges_of_values(values, self.num_values))
        bins = LogisticBins.between(lower, upper, log_scales, width)
        if self.rule.least_probability:
            bins = bins._replace(
                closed=ops.where(
                    self._is_likely(lower, upper, log_scales),
                    bins.closed,
                    self._log_density(centered, log_scales) + math.log(width),
                )
            )
        if self.rule.last_above is None:
            is_last = ops.equal(values, self.num_values - 1)
        else:
            is_last = x > self.rule.last_above
        return bins.select(ops.equal(values, 0), is_last)

    def _is_likely(self, lower, upper, log_scales):
        """Whether a closed bin is more probable than the rule's least.

        Decided by the difference that published code takes, in float32: where that loses its
        digits, an exact probability would choose otherwise for a pixel in some thousand.
        """
        inverse = ops.exp(-log_scales)
        below_lower, below_upper = (1.0 / (1.0 + ops.exp(-inverse * x)) for x in (lower, upper))
        return below_upper - below_lower > self.rule.least_probability

    def _log_density(self, centered, log_scales):
        """Log-density of the components, as the rule has it."""
        standard = ops.exp(-log_scales) * centered
        if self.rule.density_without_smoothing and self.scale_param == "smooth_exp":
            log_scales = log_scales / self.smoothing
        return standard - log_scales - 2.0 * ops.softplus(standard)

    def _choose(self, mixture, choice):
        """The mixture with one component a pixel left; `choice` is `(batch, height, width, M)`."""
        choice = ops.expand_dims(choice, -2)

        def pick(values):
            return ops.expand_dims(chosen(values, choice), -1)

        coefficients = None if mixture.coefficients is None else pick(mixture.coefficients)
        return _Mixture(None, pick(mixture.means), pick(mixture.log_scales), coefficients)

    def _in_channel_order(self, component, offset):
        """Mean plus `offset(channel)`, clipped, each channel given the ones before."""
        channels = []
        for c in range(self.channels):
            before = [ops.expand_dims(value, -1) for value in channels]
            value = self._conditional_mean(component, c, before)[..., 0] + offset(c)
            channels.append(ops.clip(value, -1.0, 1.0))
        return ops.stack(channels, axis=-1)
