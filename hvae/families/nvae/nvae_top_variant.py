"""NVAE's block at the top of the hierarchy."""

import keras
from keras import ops

from hvae.families.nvae.nvae_variant import NVAEVariant
from hvae.latents.base import PriorOutput
from hvae.layers.chain import build_chain, call_chain


@keras.saving.register_keras_serializable(package="hvae")
class NVAETopVariant(NVAEVariant):
    """The block at the top: p is fixed, and q sees the encoder only.

    Arguments as `NVAEVariant`.
    """

    def prior(self, state):
        zeros = ops.zeros_like(state[..., :1])
        return PriorOutput(ops.repeat(zeros, 2 * self.z_width, axis=-1), state)

    def posterior(self, state, activation, prior, activated=None):
        return self.posterior_net(call_chain(self.combiner, activation))

    def _prior_layers(self):
        return []

    def _combiner_layers(self):
        """Layers, in order, of the encoder's activation."""
        return [self._elu(), self._convolution(self.activation_width, 1), self._elu()]

    def _build_combiner(self, state_shape):
        build_chain(self.combiner, (*state_shape[:-1], self.activation_width))
