"""Efficient-VDVAE's prior, posterior and way back of z."""

import keras
from keras import ops

from hvae.latents.base import LatentVariant, PriorOutput
from hvae.layers.bottleneck_block import BottleneckBlock
from hvae.layers.chain import build_chain, call_chain
from hvae.layers.convolution import convolution


@keras.saving.register_keras_serializable(package="hvae")
class EfficientVDVAEVariant(LatentVariant):
    """Prior and posterior nets give features; a projection each turns them into q and p.

    The first half of the prior net's channels is a residual to the state, the second
    half the features of the prior.

    Args:
        z_width: channels of the latent.
        state_width: channels of the state.
        activation_width: channels of the encoder's activation.
        ratio: inner channels of the cells by outer ones.
        kernel_size, num_middle, outer_kernel_size, odd_row: as in `BottleneckBlock`.
        num_cells: residual cells after z.
        depth: number of latent blocks in the model: the projection of z and, with
            `stable_init`, the residual cells start scaled by 1/√depth.
        stable_init: whether the cells do.
        zero_prior: whether the prior net starts as zero.

    Reference:
        Hazami et al. 2022, Figure 2.
    """

    def __init__(
        self,
        z_width,
        state_width,
        activation_width,
        ratio=0.25,
        kernel_size=3,
        num_middle=2,
        outer_kernel_size=1,
        num_cells=1,
        depth=1,
        stable_init=True,
        zero_prior=False,
        odd_row="above",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.z_width = z_width
        self.state_width = state_width
        self.activation_width = activation_width
        self.ratio = ratio
        self.kernel_size = kernel_size
        self.num_middle = num_middle
        self.outer_kernel_size = outer_kernel_size
        self.num_cells = num_cells
        self.depth = depth
        self.stable_init = stable_init
        self.zero_prior = zero_prior
        self.odd_row = odd_row

        path_scale = depth**-0.5
        joint_width = state_width + activation_width
        self.prior_net = self._cell(
            int(state_width * ratio), 2 * state_width, last_scale=0.0 if zero_prior else 1.0
        )
        self.posterior_net = self._cell(int(joint_width * ratio * 0.5), int(joint_width * 0.5))
        self.prior_projection = convolution(2 * z_width, 1, self.dtype_policy)
        self.posterior_projection = convolution(2 * z_width, 1, self.dtype_policy)
        self.z_projection = convolution(state_width, 1, self.dtype_policy, path_scale)
        self.cells = [
            self._cell(
                int(state_width * ratio),
                state_width,
                residual=True,
                last_scale=path_scale if stable_init else 1.0,
            )
            for _ in range(num_cells)
        ]

    def build(self, state_shape):
        state_shape = tuple(state_shape)
        place = state_shape[:-1]
        joint_shape = (*place, self.state_width + self.activation_width)
        self.prior_net.build(state_shape)
        self.prior_projection.build(state_shape)
        build_chain([self.posterior_net, self.posterior_projection], joint_shape)
        self.z_projection.build((*place, self.z_width))
        build_chain(self.cells, state_shape)

    def prior(self, state):
        activated = self.prior_net.activated(state)
        outputs = self.prior_net(state, activated=[activated])
        residual, features = ops.split(outputs, 2, axis=-1)
        return PriorOutput(self.prior_projection(features), state + residual, activated)

    def activated(self, activation):
        return self.posterior_net.activated(activation)

    def posterior(self, state, activation, prior, activated=None):
        features = self.posterior_net([state, activation], activated=[prior.activated, activated])
        return self.posterior_projection(features)

    def next_state(self, prior, z):
        return call_chain(self.cells, prior.state + self.z_projection(z))

    def _cell(self, middle_width, out_width, residual=False, last_scale=1.0):
        return BottleneckBlock(
            middle_width,
            out_width,
            kernel_size=self.kernel_size,
            num_middle=self.num_middle,
            outer_kernel_size=self.outer_kernel_size,
            activation="silu",
            residual=residual,
            last_scale=last_scale,
            odd_row=self.odd_row,
            dtype=self.dtype_policy,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "z_width": self.z_width,
            "state_width": self.state_width,
            "activation_width": self.activation_width,
            "ratio": self.ratio,
            "kernel_size": self.kernel_size,
            "num_middle": self.num_middle,
            "outer_kernel_size": self.outer_kernel_size,
            "num_cells": self.num_cells,
            "depth": self.depth,
            "stable_init": self.stable_init,
            "zero_prior": self.zero_prior,
            "odd_row": self.odd_row,
        }
