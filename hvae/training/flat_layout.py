"""Many tensors as one vector."""

import math

from keras import ops


class FlatLayout:
    """Where each of many tensors lies in one vector of them all.

    Args:
        shapes: shapes of the tensors, all known.
    """

    def __init__(self, shapes):
        self.shapes = [tuple(shape) for shape in shapes]
        self.sizes = [math.prod(shape) for shape in self.shapes]
        self.size = sum(self.sizes)

    def pack(self, tensors):
        """The tensors as one vector, `(size,)`, float32."""
        flat = [_reshaped(ops.cast(x, "float32"), (n,)) for x, n in zip(tensors, self.sizes)]
        return ops.concatenate(flat)

    def unpack(self, vector):
        """Inverse of `pack`: a list of float32 tensors."""
        ends, end = [], 0
        for size in self.sizes[:-1]:
            end += size
            ends.append(end)
        return [_reshaped(x, s) for x, s in zip(ops.split(vector, ends), self.shapes)]


def _reshaped(tensor, shape):
    """Biases, half of a model's weights, are vectors already: two nodes less in a graph."""
    return tensor if tuple(tensor.shape) == shape else ops.reshape(tensor, shape)
