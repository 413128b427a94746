"""One stochastic step of the decoder."""

from typing import Any, NamedTuple

import keras
from keras import layers

from hvae.latents.diagonal_gaussian import DiagonalGaussian


class LatentOutput(NamedTuple):
    """What one latent block did."""

    state: Any  # (batch, height, width, state_width); None after a last block without next state
    z: Any  # (batch, height, width, z_width), float32
    prior: DiagonalGaussian
    posterior: DiagonalGaussian | None  # None when sampling from the prior
    kl: Any  # (batch, height, width, z_width), nats; None when sampling from the prior


@keras.saving.register_keras_serializable(package="hvae")
class LatentBlock(layers.Layer):
    """Prior, posterior, z, KL and next state of one block, whatever the family.

    Args:
        variant: the family's `LatentVariant`.
        std_param: `"softplus"` or `"exp"`, see `DiagonalGaussian.from_parameters`.
        smoothing: β of the softplus.
        residual_posterior: whether q is a residual to p, see `relative_to`.
        has_next_state: false for a last block whose next state nobody reads.

    Call arguments:
        state: `(batch, height, width, state_width)`.
        noise: standard normal, `(batch, height, width, z_width)`.
        activation: the encoder's activation at this scale. Without it z comes from
            the prior.
        temperature: factor on the prior's standard deviation; q is not tempered.
        z: the latent itself; then nothing is drawn.

    Returns:
        `LatentOutput`.
    """

    def __init__(
        self,
        variant,
        std_param="softplus",
        smoothing=1.0,
        residual_posterior=False,
        has_next_state=True,
        **kwargs,
    ):
        # Noise stays float32 under mixed precision: the layers inside cast for themselves.
        super().__init__(autocast=False, **kwargs)
        self.variant = variant
        self.std_param = std_param
        self.smoothing = smoothing
        self.residual_posterior = residual_posterior
        self.has_next_state = has_next_state

    def build(self, state_shape):
        if not self.variant.built:  # it is, when it comes from a configuration
            self.variant.build(state_shape)

    def call(self, state, noise, activation=None, temperature=1.0, z=None):
        prior = self.variant.prior(state)
        p = self._gaussian(prior.parameters)
        q = kl = None
        if activation is not None:
            q = self._gaussian(self.variant.posterior(state, activation, prior))
            q = q.relative_to(p) if self.residual_posterior else q
            kl = q.kl(p)
        if z is None:
            z = p.sample(noise, temperature) if q is None else q.sample(noise)
        next_state = self.variant.next_state(prior, z) if self.has_next_state else None
        return LatentOutput(next_state, z, p, q, kl)

    def _gaussian(self, parameters):
        return DiagonalGaussian.from_parameters(parameters, self.std_param, self.smoothing)

    def get_config(self):
        return {
            **super().get_config(),
            "variant": keras.saving.serialize_keras_object(self.variant),
            "std_param": self.std_param,
            "smoothing": self.smoothing,
            "residual_posterior": self.residual_posterior,
            "has_next_state": self.has_next_state,
        }

    @classmethod
    def from_config(cls, config):
        variant = keras.saving.deserialize_keras_object(config.pop("variant"))
        return cls(variant, **config)
