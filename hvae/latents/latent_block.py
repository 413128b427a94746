"""One stochastic step of the decoder."""

import math
from typing import Any, NamedTuple

import keras
from keras import layers, ops

from hvae.latents.diagonal_gaussian import DiagonalGaussian, gaussian_class
from hvae.layers.convolution import convolution


class LatentOutput(NamedTuple):
    """One latent: its distributions, its value, what it cost."""

    z: Any  # (batch, height, width, z_width), float32
    prior: DiagonalGaussian
    posterior: DiagonalGaussian | None  # before a flow; None when sampling from the prior
    kl: Any  # (batch, height, width, z_width), nats; None where z is not drawn from q
    log_ratio: Any  # log q(z) − log p(z), the KL of this one sample; shape and unit of kl


class BlockOutput(NamedTuple):
    """What one latent block did."""

    latent: LatentOutput
    state: Any  # (batch, height, width, state_width); None after a last block without next state


@keras.saving.register_keras_serializable(package="hvae")
class LatentBlock(layers.Layer):
    """Prior, posterior, z, KL and next state of one block, whatever the family.

    Args:
        variant: the family's `LatentVariant`.
        std_param: see `DiagonalGaussian.from_parameters`.
        smoothing: β there.
        residual_posterior: whether q is a residual to p, see `relative_to`.
        analytical_kl: whether the KL is that in closed form. Otherwise it is estimated
            from the one sample: log q(z₀) − log|det| − log p(z). With a flow there is no
            closed form; the one without the flow, KL(q ‖ p), is then a control variate:
            KL(q ‖ p) − log|det| + log p(z₀) − log p(z) has the same mean, and its variance
            and that of its gradient vanish as the flow approaches the identity. A flow that
            bends q far into p may vary less without it.
        flow: a `Flow` that takes samples z₀ of q to z, or `None`. p does not know it.
            Its context is a 1×1 convolution of the state and the activation.
        has_next_state: false for a last block whose next state nobody reads.

    Call arguments:
        state: `(batch, height, width, state_width)`.
        noise: standard normal, `(batch, height, width, z_width)`.
        activation: the encoder's activation at this scale. Without it z comes from
            the prior.
        activated: what the variant's `activated` gave for it, if the blocks of a scale share that.
        temperature: factor on the prior's standard deviation; q is not tempered.
        z: the latent itself; then nothing is drawn but what `posterior_mask` leaves to p. Or a
            function that gives it, of p and q (`None` without an activation).
        posterior_mask: `(batch, height, width, z_width)` or what broadcasts to it: 1 for
            variables to draw from q, or to take from `z`; 0 for those to draw from p, which
            have no KL.

    Returns:
        `BlockOutput`.

    Reference:
        KL with a flow: Rezende & Mohamed 2015, Equation 15. Control variates: Owen 2013,
        Monte Carlo theory, methods and examples, Section 8.9.
    """

    def __init__(
        self,
        variant,
        std_param="softplus",
        smoothing=1.0,
        residual_posterior=False,
        analytical_kl=True,
        flow=None,
        has_next_state=True,
        **kwargs,
    ):
        # Noise stays float32 under mixed precision: the layers inside cast for themselves.
        super().__init__(autocast=False, **kwargs)
        self.variant = variant
        self.std_param = std_param
        self.smoothing = smoothing
        self.residual_posterior = residual_posterior
        self.analytical_kl = analytical_kl
        self.flow = flow
        self.has_next_state = has_next_state
        self.output_shape = None
        self.flow_context = None
        if flow is not None and flow.context_width:
            self.flow_context = convolution(flow.context_width, 1, self.dtype_policy)

    def build(self, state_shape, activation_shape=None):
        self.output_shape = (*state_shape[:-1], self.variant.z_width)  # for Keras's summary: z's
        if not self.variant.built:  # it is, when it comes from a configuration
            self.variant.build(state_shape)
        if self.flow is not None and not self.flow.built:
            self.flow.build((*state_shape[:-1], self.variant.z_width))
        if self.flow_context is not None:
            width = state_shape[-1] + activation_shape[-1]
            self.flow_context.build((*state_shape[:-1], width))

    def call(
        self,
        state,
        noise,
        activation=None,
        activated=None,
        temperature=1.0,
        z=None,
        posterior_mask=None,
    ):
        prior = self.variant.prior(state)
        p = self._gaussian(prior.parameters)
        q = kl = log_ratio = None
        if activation is not None:
            q = self._gaussian(self.variant.posterior(state, activation, prior, activated))
            q = q.relative_to(p) if self.residual_posterior else q
        z = z(p, q) if callable(z) else z
        if z is None and q is None:
            z = p.sample(noise, temperature)
        elif z is None:
            z, kl, log_ratio = self._draw(q, p, noise, state, activation)
        if posterior_mask is not None:
            is_kept = ops.cast(posterior_mask, "bool")
            z = ops.where(is_kept, z, p.sample(noise, temperature))
            if kl is not None:
                kl, log_ratio = (ops.where(is_kept, x, 0.0) for x in (kl, log_ratio))
        next_state = self.variant.next_state(prior, z) if self.has_next_state else None
        return BlockOutput(LatentOutput(z, p, q, kl, log_ratio), next_state)

    def posterior_spec(self, batch):
        """The `LatentOutput` of a block that has an activation, as `KerasTensor`s."""

        def tensor():
            return keras.KerasTensor((batch, *self.output_shape[1:]), dtype="float32")

        p_class = gaussian_class(self.std_param)
        q_class = DiagonalGaussian if self.residual_posterior else p_class
        p, q = (gaussian(tensor(), tensor()) for gaussian in (p_class, q_class))
        return LatentOutput(tensor(), p, q, tensor(), tensor())

    def _draw(self, q, p, noise, state, activation):
        """z from the posterior, its KL, and log q(z) − log p(z), for every variable."""
        drawn = q.sample(noise)
        log_q = q.log_prob_of_noise(noise)
        if self.flow is None:
            log_ratio = log_q - p.log_prob(drawn)
            return drawn, q.kl(p) if self.analytical_kl else log_ratio, log_ratio
        context = None
        if self.flow_context is not None:
            context = self.flow_context(ops.concatenate([state, activation], axis=-1))
        z, log_det = self.flow(drawn, context=context)
        # The determinant is that of the whole latent: its variables get an equal share.
        log_det = ops.reshape(log_det, (-1, 1, 1, 1)) * (1.0 / math.prod(z.shape[1:]))
        log_p = p.log_prob(z)
        log_ratio = log_q - log_det - log_p
        if not self.analytical_kl:
            return z, log_ratio, log_ratio
        # Of log q(z₀) − log p(z₀) the mean is known: only what the flow adds is estimated.
        return z, q.kl(p) - log_det + p.log_prob(drawn) - log_p, log_ratio

    def _gaussian(self, parameters):
        return DiagonalGaussian.from_parameters(parameters, self.std_param, self.smoothing)

    def get_config(self):
        return {
            **super().get_config(),
            "variant": keras.saving.serialize_keras_object(self.variant),
            "std_param": self.std_param,
            "smoothing": self.smoothing,
            "residual_posterior": self.residual_posterior,
            "analytical_kl": self.analytical_kl,
            "flow": keras.saving.serialize_keras_object(self.flow),
            "has_next_state": self.has_next_state,
        }

    @classmethod
    def from_config(cls, config):
        variant = keras.saving.deserialize_keras_object(config.pop("variant"))
        flow = keras.saving.deserialize_keras_object(config.pop("flow"))
        return cls(variant, flow=flow, **config)
