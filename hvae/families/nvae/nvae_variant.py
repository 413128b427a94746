"""NVAE's prior, posterior and way back of z."""

import keras
from keras import layers, ops

from hvae.latents.base import LatentVariant, PriorOutput
from hvae.layers.chain import build_chain, call_chain
from hvae.layers.weight_norm_convolution import WeightNormConvolution


@keras.saving.register_keras_serializable(package="hvae")
class NVAEVariant(LatentVariant):
    """Weight-normalised convolutions give p and q; with `residual` q's are added to p's.

    Encoder and decoder are combined by addition, the decoder's state projected; z enters
    the state by concatenation and a 1×1 convolution.

    Args:
        z_width: channels of the latent.
        state_width: channels of the state.
        activation_width: channels of the encoder's activation; those of the state if left out.
        residual: whether the posterior's parameters are added to the prior's.
        decoder_flow: a `Flow` through which z enters the state, whether it comes from p
            or q (`fixed_flows`), or `None`.

    Reference:
        Vahdat & Kautz 2020 (NVAE), Figure 2 and Section 3.2.
    """

    def __init__(
        self,
        z_width,
        state_width,
        activation_width=None,
        residual=True,
        decoder_flow=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.z_width = z_width
        self.state_width = state_width
        self.activation_width = activation_width or state_width
        self.residual = residual
        self.decoder_flow = decoder_flow
        self.prior_net = self._prior_layers()
        self.combiner = self._combiner_layers()
        self.posterior_net = self._convolution(2 * z_width, 3)
        self.z_mixer = self._convolution(state_width, 1)

    def build(self, state_shape):
        state_shape = tuple(state_shape)
        place = state_shape[:-1]
        build_chain(self.prior_net, state_shape)
        self._build_combiner(state_shape)
        self.posterior_net.build((*place, self.activation_width))
        self.z_mixer.build((*place, self.state_width + self.z_width))
        if self.decoder_flow is not None and not self.decoder_flow.built:
            self.decoder_flow.build((*place, self.z_width))

    def prior(self, state):
        return PriorOutput(call_chain(self.prior_net, state), state)

    def posterior(self, state, activation, prior, activated=None):
        combined = activation + call_chain(self.combiner, state)
        parameters = self.posterior_net(combined)
        return prior.parameters + parameters if self.residual else parameters

    def next_state(self, prior, z):
        if self.decoder_flow is not None:
            z = self.decoder_flow(z).z
        z = ops.cast(z, prior.state.dtype)
        return self.z_mixer(ops.concatenate([prior.state, z], axis=-1))

    def _prior_layers(self):
        """Layers, in order, from the state to p's parameters."""
        return [self._elu(), self._convolution(2 * self.z_width, 1)]

    def _combiner_layers(self):
        """Layers, in order, from the state to what is added to the encoder's activation."""
        return [self._convolution(self.activation_width, 1)]

    def _build_combiner(self, state_shape):
        build_chain(self.combiner, state_shape)

    def _elu(self):
        return layers.Activation("elu", dtype=self.dtype_policy)

    def _convolution(self, width, kernel_size):
        return WeightNormConvolution(width, kernel_size, dtype=self.dtype_policy)

    def get_config(self):
        return {
            **super().get_config(),
            "z_width": self.z_width,
            "state_width": self.state_width,
            "activation_width": self.activation_width,
            "residual": self.residual,
            "decoder_flow": keras.saving.serialize_keras_object(self.decoder_flow),
        }

    @classmethod
    def from_config(cls, config):
        flow = keras.saving.deserialize_keras_object(config.pop("decoder_flow"))
        return cls(decoder_flow=flow, **config)
