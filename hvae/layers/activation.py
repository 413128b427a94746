"""The activations of blocks, by name."""

from keras import activations

from hvae.numerics.gelu import gelu
from hvae.numerics.leaky_relu import leaky_relu
from hvae.numerics.silu import silu

#: Those with a gradient of our own.
_OWN = {"gelu": gelu, "silu": silu, "swish": silu, "leaky_relu": leaky_relu}


def get_activation(name):
    """Ours of a name, or Keras's."""
    return _OWN.get(name) or activations.get(name)
