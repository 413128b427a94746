"""Independent Gaussian pixels."""

from keras import ops

from hvae.latents.diagonal_gaussian import DiagonalGaussian
from hvae.likelihoods.base import Likelihood, sum_over_image


class Gaussian(Likelihood):
    """Channels are independent Gaussians over x in [0, 1]. Reported in nats per image.

    −log p(x | z) is that of a density: it may be negative, and is not comparable with
    that of discretized likelihoods.

    Parameters of a pixel: the means of all channels, then what their standard deviations
    are made from.

    Args:
        channels: channels of the images.
        levels: number of intensity levels.
        scale_param: what the net gives for the standard deviations, see
            `DiagonalGaussian.from_parameters`.
        smoothing: β there.
        min_log_scale: logs of the standard deviations are not allowed below this.

    Reference:
        github.com/mgp123/nvae, `Normal`, with `scale_param="soft_clamp"`.
    """

    unit = "nats"

    def __init__(self, channels, levels, scale_param="exp", smoothing=1.0, min_log_scale=-7.0):
        super().__init__(channels, levels)
        self.scale_param = scale_param
        self.smoothing = smoothing
        self.min_log_scale = min_log_scale

    @classmethod
    def from_model_config(cls, config):
        return cls(
            config.image_channels,
            config.levels,
            config.mixture_scale,
            config.output_gradient_smoothing,
            config.min_log_scale,
        )

    @property
    def num_parameters(self):
        return 2 * self.channels

    def nll(self, parameters, images):
        return -sum_over_image(self._distribution(parameters).log_prob(self.scale(images)))

    def mean(self, parameters):
        return self._distribution(parameters).mean

    def mode(self, parameters):
        return self.mean(parameters)

    def noise_shapes(self, batch, height, width):
        pixels = (batch, height, width, self.channels)
        return {"radius": pixels, "angle": pixels}

    def from_noise(self, parameters, noise):
        return self._distribution(parameters).sample(noise["normal"])

    def _distribution(self, parameters):
        gaussian = DiagonalGaussian.from_parameters(parameters, self.scale_param, self.smoothing)
        return gaussian._replace(log_std=ops.maximum(gaussian.log_std, self.min_log_scale))
