"""Mixture of Gaussians with weights for every channel."""

from keras import ops

from hvae.latents.diagonal_gaussian import DiagonalGaussian
from hvae.likelihoods._channel_mixture import ChannelMixture, split_channels
from hvae.likelihoods.base import Likelihood, sum_over_image
from hvae.numerics.stable import soft_clamp


class GaussianMixture(Likelihood):
    """Channels are independent mixtures of Gaussians over x in [0, 1]. In nats per image.

    −log p(x | z) is that of a density: it may be negative, and is not comparable with
    that of discretized likelihoods.

    Parameters of a pixel: for each channel M mixture logits, then M means, then M values
    that the standard deviations are made from.

    Args:
        channels: channels of the images.
        levels: number of intensity levels.
        num_mixtures: number M of components.
        scale_param: what the net gives for the standard deviations, see
            `DiagonalGaussian.from_parameters`; `"soft_clamp"` also clamps the logits.
        smoothing: β there.
        min_log_scale: logs of the standard deviations are not allowed below this.

    Reference:
        github.com/mgp123/nvae, `NormalMix`, with `scale_param="soft_clamp"`.
    """

    unit = "nats"

    def __init__(
        self,
        channels,
        levels,
        num_mixtures,
        scale_param="exp",
        smoothing=1.0,
        min_log_scale=-7.0,
    ):
        super().__init__(channels, levels)
        self.num_mixtures = num_mixtures
        self.scale_param = scale_param
        self.smoothing = smoothing
        self.min_log_scale = min_log_scale

    @classmethod
    def from_model_config(cls, config):
        return cls(
            config.image_channels,
            config.levels,
            config.num_output_mixtures,
            config.mixture_scale,
            config.output_gradient_smoothing,
            config.min_log_scale,
        )

    @property
    def num_parameters(self):
        return self.channels * 3 * self.num_mixtures

    def nll(self, parameters, images):
        mixture = self._split(parameters)
        components = DiagonalGaussian(mixture.means, mixture.log_scales)
        x = ops.expand_dims(self.scale(images), -1)
        return -sum_over_image(mixture.log_prob(components.log_prob(x)))

    def mean(self, parameters):
        mixture = self._split(parameters)
        return mixture.average(mixture.means)

    def mode(self, parameters):
        """Centre of the component whose density is highest there.

        Exact where components are apart; overlapping ones may peak between centres.
        """
        return self._split(parameters).highest_peak()

    def noise_shapes(self, batch, height, width):
        pixels = (batch, height, width, self.channels)
        return {"mixture": (*pixels, self.num_mixtures), "radius": pixels, "angle": pixels}

    def from_noise(self, parameters, noise):
        mean, std = self._split(parameters).choose_component(noise["mixture"])
        return mean + std * noise["normal"]

    def _split(self, parameters):
        parameters = split_channels(parameters, self.channels)
        logits = parameters[..., : self.num_mixtures]
        if self.scale_param == "soft_clamp":
            logits = soft_clamp(logits)
        components = DiagonalGaussian.from_parameters(
            parameters[..., self.num_mixtures :], self.scale_param, self.smoothing
        )
        return ChannelMixture(
            ops.log_softmax(logits, axis=-1),
            components.mean,
            ops.maximum(components.log_std, self.min_log_scale),
        )
