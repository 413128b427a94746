"""The activations of blocks, by name."""

from keras import activations

from hvae.numerics.gelu import gelu


def get_activation(name):
    """Keras's function of a name, but for GELU's gradient, which keeps less."""
    return gelu if name == "gelu" else activations.get(name)
