"""VDVAE's prior, posterior and way back of z."""

import keras
from keras import ops

from hvae.latents.base import LatentVariant, PriorOutput
from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.convolution import convolution


@keras.saving.register_keras_serializable(package="hvae")
class VDVAEVariant(LatentVariant):
    """Prior and posterior from bottleneck blocks; z enters by a projection.

    The prior net starts as zero and also gives a residual to the state. The posterior
    reads the state as it came, beside the encoder's activation.

    Args:
        z_width: channels of the latent.
        state_width: channels of the state and of the encoder's activation.
        middle_width: inner channels of the blocks.
        kernel_size: side of the blocks' middle convolutions.
        activation: name of a Keras activation.
        group_norm, depthwise: as in `BottleneckBlock`.
        depth: number of latent blocks in the model: the paths that add to the state
            start scaled by 1/√depth.
        has_next_state: false for a last block whose next state nobody reads.

    Reference:
        Child 2021, Figure 3 and Section 3.1.
    """

    def __init__(
        self,
        z_width,
        state_width,
        middle_width,
        kernel_size=3,
        activation="gelu",
        group_norm=False,
        depthwise=False,
        depth=1,
        has_next_state=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.z_width = z_width
        self.state_width = state_width
        self.middle_width = middle_width
        self.kernel_size = kernel_size
        self.activation = activation
        self.group_norm = group_norm
        self.depthwise = depthwise
        self.depth = depth
        self.has_next_state = has_next_state

        self.prior_net = self._block(2 * z_width + state_width, last_scale=0.0)
        self.posterior_net = self._block(2 * z_width)
        if has_next_state:
            path_scale = depth**-0.5
            self.z_projection = convolution(state_width, 1, self.dtype_policy, path_scale)
            self.residual_path = self._block(state_width, residual=True, last_scale=path_scale)

    def build(self, state_shape):
        state_shape = tuple(state_shape)
        place = state_shape[:-1]
        self.prior_net.build(state_shape)
        self.posterior_net.build((*place, 2 * self.state_width))
        if self.has_next_state:
            self.z_projection.build((*place, self.z_width))
            self.residual_path.build(state_shape)

    def prior(self, state):
        activated = self.prior_net.activated(state)
        outputs = self.prior_net(state, activated=[activated])
        # Split, not sliced: OpenVINO keeps a pair of transposes around every slice.
        parameters, residual = ops.split(outputs, [2 * self.z_width], axis=-1)
        return PriorOutput(parameters, state + residual, activated)

    def activated(self, activation):
        return self.posterior_net.activated(activation)

    def posterior(self, state, activation, prior, activated=None):
        return self.posterior_net([state, activation], activated=[prior.activated, activated])

    def next_state(self, prior, z):
        return self.residual_path(prior.state + self.z_projection(z))

    def _block(self, out_width, residual=False, last_scale=1.0):
        return BottleneckBlock(
            self.middle_width,
            out_width,
            kernel_size=self.kernel_size,
            activation=self.activation,
            residual=residual,
            last_scale=last_scale,
            group_norm=self.group_norm,
            depthwise=self.depthwise,
            dtype=self.dtype_policy,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "z_width": self.z_width,
            "state_width": self.state_width,
            "middle_width": self.middle_width,
            "kernel_size": self.kernel_size,
            "activation": self.activation,
            "group_norm": self.group_norm,
            "depthwise": self.depthwise,
            "depth": self.depth,
            "has_next_state": self.has_next_state,
        }
