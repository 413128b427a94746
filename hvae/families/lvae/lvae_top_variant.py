"""LVAE's prior, posterior and way back of z at the top of the hierarchy."""

import keras

from hvae.latents.base import LatentVariant, PriorOutput
from hvae.layers.convolution import convolution
from hvae.layers.initial_state import InitialState


@keras.saving.register_keras_serializable(package="hvae")
class LVAETopVariant(LatentVariant):
    """The prior is a constant, the posterior comes from the encoder alone.

    Args:
        height, width: size of the latent.
        z_width: channels of the latent.
        state_width: channels of the state and of the encoder's activation.
        learn_prior: whether the prior's parameters are learned, from zeros on;
            otherwise they stay zeros.

    Reference:
        Sønderby et al. 2016, Section 2.1.
    """

    kernel_size = 3

    def __init__(self, height, width, z_width, state_width, learn_prior=True, **kwargs):
        super().__init__(**kwargs)
        self.height = height
        self.width = width
        self.z_width = z_width
        self.state_width = state_width
        self.learn_prior = learn_prior

        self.prior_parameters = InitialState(
            height, width, 2 * z_width, learned=learn_prior, dtype=self.dtype_policy
        )
        self.posterior_net = convolution(2 * z_width, self.kernel_size, self.dtype_policy)
        self.z_projection = convolution(state_width, self.kernel_size, self.dtype_policy)

    def build(self, state_shape):
        self.prior_parameters.build()
        self.posterior_net.build(state_shape)
        self.z_projection.build((*tuple(state_shape)[:-1], self.z_width))

    def prior(self, state):
        return PriorOutput(self.prior_parameters.start(state), state)

    def posterior(self, state, activation, prior, activated=None):
        return self.posterior_net(activation)

    def next_state(self, prior, z):
        return self.z_projection(z)

    def get_config(self):
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "z_width": self.z_width,
            "state_width": self.state_width,
            "learn_prior": self.learn_prior,
        }
