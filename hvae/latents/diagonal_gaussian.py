"""Gaussian with diagonal covariance."""

import math
from typing import Any, NamedTuple

from keras import ops

from hvae.numerics.stable import expm1_minus_x, log_of_positive, soft_clamp

#: Added to the standard deviations of `"soft_clamp"`.
SOFT_CLAMP_FLOOR = 0.01
_HALF_LOG_2_PI = 0.5 * math.log(2.0 * math.pi)


class DiagonalGaussian(NamedTuple):
    """A Gaussian with diagonal covariance, in float32 whatever the dtype policy.

    The standard deviation is kept as its logarithm: ratios of two of them become
    differences, which neither overflow nor lose digits.
    """

    mean: Any  # (batch, height, width, channels)
    log_std: Any  # (batch, height, width, channels), nats

    @property
    def floor(self):
        """Part of the standard deviation that no temperature scales."""
        return 0.0

    @staticmethod
    def from_parameters(parameters, std_param, smoothing):
        """Split a layer's output into mean and standard deviation.

        Args:
            parameters: `(batch, height, width, 2 * channels)`.
            std_param: what the second half x means: `"exp"`: log std is x;
                `"smooth_exp"`: log std is βx; `"softplus"`: std is softplus(βx)/β;
                `"soft_clamp"`: std is exp(5 tanh(x/5)) + 0.01, and the mean is clamped
                like x; `"soft_clamp_tempered"`: the same, and a temperature scales the 0.01 too.
            smoothing: β.

        Reference:
            Hazami et al. 2022 (Efficient-VDVAE), Section 4.2, gradient smoothing; soft
            clamp: the published code of Vahdat & Kautz 2020 (NVAE).
        """
        mean, raw = ops.split(ops.cast(parameters, "float32"), 2, axis=-1)
        if std_param in ("soft_clamp", "soft_clamp_tempered"):
            mean = soft_clamp(mean)
            log_std = ops.logaddexp(soft_clamp(raw), math.log(SOFT_CLAMP_FLOOR))
        else:
            log_std = log_of_positive(raw, std_param, smoothing)
        return gaussian_class(std_param)(mean, log_std)

    def relative_to(self, prior):
        """This Gaussian as a residual: mean added to the prior's, std multiplied with it.

        Reference:
            Vahdat & Kautz 2020 (NVAE), Section 3.2.
        """
        return DiagonalGaussian(self.mean + prior.mean, self.log_std + prior.log_std)

    def sample(self, noise, temperature=1.0):
        """mean + std · noise, `(batch, height, width, channels)`.

        The temperature scales what of std is above its floor; at 0 the mean is drawn.
        """
        std = temperature * (ops.exp(self.log_std) - self.floor)
        if self.floor:
            std = std + self.floor * ops.sign(ops.cast(temperature, "float32"))
        return self.mean + std * ops.cast(noise, "float32")

    def log_prob(self, z):
        """Log density of every variable at z, nats."""
        return self.log_prob_of_noise(self.noise_of(z))

    def noise_of(self, z):
        """(z − mean) / std: the noise from which `sample`, at temperature 1, draws z."""
        return (ops.cast(z, "float32") - self.mean) * ops.exp(-self.log_std)

    def log_prob_of_noise(self, noise):
        """Log density of every variable at `sample(noise)`, nats.

        Without the way through z, in which a small std is lost beside a large mean.
        """
        noise = ops.cast(noise, "float32")
        return -0.5 * noise * noise - self.log_std - _HALF_LOG_2_PI

    def kl(self, prior):
        """KL(self ‖ prior) of every variable in nats, never negative.

        ½(r² − 1 − log r²) + ½((μ − μ_p)/σ_p)² with r = σ/σ_p.
        """
        log_ratio = self.log_std - prior.log_std
        distance = (self.mean - prior.mean) * ops.exp(-prior.log_std)
        # Numbers last: as first factors they cost TensorFlow six nodes of a gradient's graph each.
        return (expm1_minus_x(log_ratio * 2.0) + distance * distance) * 0.5


class SoftClampedGaussian(DiagonalGaussian):
    """One whose standard deviation has a floor.

    The floor is part of the class, not a field: models give tensors only.
    """

    @property
    def floor(self):
        return SOFT_CLAMP_FLOOR


def gaussian_class(std_param):
    """The class of what `from_parameters` gives."""
    return SoftClampedGaussian if std_param == "soft_clamp" else DiagonalGaussian
