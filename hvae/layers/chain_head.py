"""Reconstruction by layers after the decoder's final state."""

from keras import layers

from hvae.layers.chain import build_chain, call_chain


class ChainHead(layers.Layer):
    """Layers, one after the other, from the decoder's final state to the parameters.

    Args:
        chain: the layers, in order.
        state_shape: `(None, height, width, channels)`.
    """

    #: Whether the decoder has to compute a state after its last latent.
    reads_state = True

    def __init__(self, chain, state_shape, **kwargs):
        super().__init__(**kwargs)
        self.chain = chain
        self.state_shape = state_shape

    def build(self, input_shape=None):
        self.output_shape = build_chain(self.chain, self.state_shape)

    def call(self, state, latents):
        return call_chain(self.chain, state)
