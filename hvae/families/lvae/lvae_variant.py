"""LVAE's prior, posterior and way back of z, below the top of the hierarchy."""

import keras
from keras import ops

from hvae.families.lvae.layers.gated_residual_block import GatedResidualBlock
from hvae.latents.base import LatentVariant, PriorOutput
from hvae.layers.chain import build_chain, call_chain
from hvae.layers.convolution import convolution


@keras.saving.register_keras_serializable(package="hvae")
class LVAEVariant(LatentVariant):
    """The state gives the prior; merged with the encoder's activation, the posterior.

    Only z leads on from here, unless a skip connection merges it with the state. A
    merge is a 1×1 convolution of both and, if residual, a gated residual block.

    Args:
        z_width: channels of the latent.
        state_width: channels of the state and of the encoder's activation.
        residual_merge: whether the merge with the activation is residual; that of the
            skip connection always is.
        skip: whether there is a skip connection.
        block_options: arguments of the `GatedResidualBlock`s.

    Reference:
        Sønderby et al. 2016, Section 2.1; skip connections: Maaløe et al. 2019 (BIVA).
    """

    kernel_size = 3

    def __init__(
        self,
        z_width,
        state_width,
        residual_merge=True,
        skip=False,
        block_options=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.z_width = z_width
        self.state_width = state_width
        self.residual_merge = residual_merge
        self.skip = skip
        self.block_options = dict(block_options or {})

        self.prior_net = convolution(2 * z_width, self.kernel_size, self.dtype_policy)
        self.posterior_net = convolution(2 * z_width, self.kernel_size, self.dtype_policy)
        self.z_projection = convolution(state_width, self.kernel_size, self.dtype_policy)
        self.posterior_merge = self._merge(residual_merge)
        self.skip_merge = self._merge(residual=True) if skip else []

    def build(self, state_shape):
        place = tuple(state_shape)[:-1]
        joint_shape = (*place, 2 * self.state_width)
        self.prior_net.build(state_shape)
        build_chain([*self.posterior_merge, self.posterior_net], joint_shape)
        self.z_projection.build((*place, self.z_width))
        build_chain(self.skip_merge, joint_shape)

    def prior(self, state):
        return PriorOutput(self.prior_net(state), state)

    def posterior(self, state, activation, prior, activated=None):
        joint = ops.concatenate([activation, state], axis=-1)
        return self.posterior_net(call_chain(self.posterior_merge, joint))

    def next_state(self, prior, z):
        outputs = self.z_projection(z)
        if not self.skip:
            return outputs
        return call_chain(self.skip_merge, ops.concatenate([outputs, prior.state], axis=-1))

    def _merge(self, residual):
        layers = [convolution(self.state_width, 1, self.dtype_policy)]
        if residual:
            layers.append(
                GatedResidualBlock(
                    self.state_width, **self.block_options, gated=True, dtype=self.dtype_policy
                )
            )
        return layers

    def get_config(self):
        return {
            **super().get_config(),
            "z_width": self.z_width,
            "state_width": self.state_width,
            "residual_merge": self.residual_merge,
            "skip": self.skip,
            "block_options": self.block_options,
        }
