"""Reconstruction from the decoder's final state."""

from keras import layers

from hvae.layers.convolution import convolution


class FinalStateHead(layers.Layer):
    """A gain and a bias for each channel of the final state, and a 1×1 convolution.

    Args:
        config: a `ModelConfig`.
        num_parameters: parameters of the likelihood for each pixel.

    Reference:
        Child 2021, the published code's output layer.
    """

    #: Whether the decoder has to compute a state after its last latent.
    reads_state = True

    def __init__(self, config, num_parameters, **kwargs):
        super().__init__(**kwargs)
        self.state_shape = (None, *config.scales[0].size, config.scales[0].state_width)
        self.output_layer = convolution(num_parameters, 1, self.dtype_policy)

    def build(self, input_shape=None):
        width = self.state_shape[-1]
        self.gain = self.add_weight(shape=(width,), initializer="ones", name="gain")
        self.bias = self.add_weight(shape=(width,), initializer="zeros", name="bias")
        self.output_layer.build(self.state_shape)
        self.output_shape = self.output_layer.compute_output_shape(self.state_shape)

    def call(self, state, latents):
        return self.output_layer(state * self.gain + self.bias)
