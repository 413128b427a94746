"""Reconstruction by one convolution."""

from keras import layers

from hvae.layers.convolution import convolution


class ConvolutionHead(layers.Layer):
    """One convolution of the decoder's final state.

    Args:
        num_parameters: parameters of the likelihood for each pixel.
        kernel_size: side of the convolution.
        state_shape: `(None, height, width, channels)`.
    """

    #: Whether the decoder has to compute a state after its last latent.
    reads_state = True

    def __init__(self, num_parameters, kernel_size, state_shape, **kwargs):
        super().__init__(**kwargs)
        self.state_shape = state_shape
        self.output_layer = convolution(num_parameters, kernel_size, self.dtype_policy)

    def build(self, input_shape=None):
        self.output_layer.build(self.state_shape)

    def call(self, state, latents):
        return self.output_layer(state)
