"""Gaussian with diagonal covariance."""

from typing import Any, NamedTuple

from keras import ops

from hvae.stable import expm1_minus_x, log_of_positive


class DiagonalGaussian(NamedTuple):
    """A Gaussian with diagonal covariance, in float32 whatever the dtype policy.

    The standard deviation is kept as its logarithm: ratios of two of them become
    differences, which neither overflow nor lose digits.
    """

    mean: Any  # (batch, height, width, channels)
    log_std: Any  # (batch, height, width, channels), nats

    @classmethod
    def from_parameters(cls, parameters, std_param, smoothing):
        """Split a layer's output into mean and standard deviation.

        Args:
            parameters: `(batch, height, width, 2 * channels)`.
            std_param: what the second half x means: `"exp"`: log std is x;
                `"smooth_exp"`: log std is βx; `"softplus"`: std is softplus(βx)/β.
            smoothing: β.

        Reference:
            Hazami et al. 2022 (Efficient-VDVAE), Section 4.2, gradient smoothing.
        """
        mean, raw = ops.split(ops.cast(parameters, "float32"), 2, axis=-1)
        return cls(mean, log_of_positive(raw, std_param, smoothing))

    def relative_to(self, prior):
        """This Gaussian as a residual: mean added to the prior's, std multiplied with it.

        Reference:
            Vahdat & Kautz 2020 (NVAE), Section 3.2.
        """
        return DiagonalGaussian(self.mean + prior.mean, self.log_std + prior.log_std)

    def sample(self, noise, temperature=1.0):
        """mean + temperature · std · noise, `(batch, height, width, channels)`."""
        return self.mean + temperature * ops.exp(self.log_std) * ops.cast(noise, "float32")

    def kl(self, prior):
        """KL(self ‖ prior) of every variable in nats, never negative.

        ½(r² − 1 − log r²) + ½((μ − μ_p)/σ_p)² with r = σ/σ_p.
        """
        log_ratio = self.log_std - prior.log_std
        distance = (self.mean - prior.mean) * ops.exp(-prior.log_std)
        return 0.5 * (expm1_minus_x(2.0 * log_ratio) + distance * distance)
