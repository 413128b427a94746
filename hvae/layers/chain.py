"""Layers one after the other."""


def build_chain(layers, shape):
    """Build layers in order, each for the shape that the one before gives; the last shape."""
    for layer in layers:
        layer.build(shape)
        shape = layer.compute_output_shape(shape)
    return shape


def call_chain(layers, inputs):
    """Apply layers in order."""
    for layer in layers:
        inputs = layer(inputs)
    return inputs
