"""Activations with PyTorch's constants, by the names of its codebases."""

from keras import activations

from hvae.numerics.leaky_relu import leaky_relu

_LEAKY_SLOPE = 0.01  # Keras's own is 0.2


def nonlinearity(name):
    """The function of a name: `"relu"`, `"leakyrelu"`, `"elu"` or `"selu"`."""
    return _leaky_relu if name == "leakyrelu" else activations.get(name)


def _leaky_relu(x):
    return leaky_relu(x, negative_slope=_LEAKY_SLOPE)
