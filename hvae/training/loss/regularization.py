"""Regularisation of what makes deep hierarchies unstable."""

import keras
import numpy as np
from keras import layers, ops

from hvae.training.backends.backend import training_backend


class Regularization:
    """Sum of the convolutions' largest singular values and of the normalisations' largest scales.

    A singular value is that of the kernel as a matrix (inputs × outputs of one place), by
    power iteration: its vectors are kept from update to update, so that a few iterations
    follow the slowly changing weights. Kernels of one shape are iterated together.

    Args:
        model: an `HVAE`; layers are regularised whatever its family.
        seed: of the vectors' start.

    Reference:
        Vahdat & Kautz 2020 (NVAE), Section 3.3; Yoshida & Miyato 2017.
    """

    iterations = 4
    first_iterations = 40  # the vectors start anywhere

    def __init__(self, model, seed=0):
        every = list(model._flatten_layers(include_self=False))
        self.scales = [x.gamma for x in every if isinstance(x, layers.BatchNormalization)]
        self.groups = {}  # matrix shape: layers
        rng, variables = np.random.default_rng(seed), model.trainable_variables

        def first_vectors(values):
            with keras.StatelessScope(zip(variables, values)):
                for layer in every:
                    if len(getattr(layer, "kernel", np.zeros(())).shape) == 4:
                        self.groups.setdefault(tuple(_matrix(layer).shape), []).append(layer)
                return [self._first_vectors(members, rng) for members in self.groups.values()]

        # One program of JAX, not one an operation and shape.
        first_vectors = training_backend().at_once(first_vectors)
        # For each group, one right singular vector per layer.
        self.variables = [
            keras.Variable(right, trainable=False)
            for right in first_vectors([variable.value for variable in variables])
        ]

    def __call__(self):
        """The sum, a float32 scalar with a gradient to the weights; moves the vectors on."""
        total = sum(ops.max(ops.abs(scale)) for scale in self.scales)
        for matrices, left, right in self._iterate():
            stretched = ops.matmul(matrices, ops.stop_gradient(right))
            total = total + ops.sum(stretched * ops.stop_gradient(left))
        return total

    def _first_vectors(self, members, rng):
        matrices = _matrices(members)
        start = rng.standard_normal((len(members), matrices.shape[2], 1)).astype("float32")
        return ops.fori_loop(
            0, self.first_iterations, lambda _, right: _step(matrices, right)[1], start
        )

    def _iterate(self):
        """For each group the matrices, and their left and right vectors some steps later."""
        results = []
        for members, variable in zip(self.groups.values(), self.variables):
            matrices = _matrices(members)
            fixed = ops.stop_gradient(matrices)
            right = variable.value
            for _ in range(self.iterations):
                left, right = _step(fixed, right)
            variable.assign(right)
            results.append((matrices, left, right))
        return results


def _step(matrices, right):
    """Left vectors of the right ones, and the next right ones of these."""
    left = _unit(ops.matmul(matrices, right))
    return left, _unit(ops.matmul(ops.transpose(matrices, (0, 2, 1)), left))


def _matrices(members):
    return ops.stack([_matrix(layer) for layer in members])


def _matrix(layer):
    """A kernel as inputs × outputs, float32; a depthwise one as places × channels."""
    kernel = ops.cast(layer.kernel, "float32")
    if isinstance(layer, layers.Conv2DTranspose):
        kernel = ops.transpose(kernel, (0, 1, 3, 2))
    outputs = kernel.shape[2] if isinstance(layer, layers.DepthwiseConv2D) else kernel.shape[3]
    return ops.reshape(kernel, (-1, outputs))


def _unit(vectors):
    """Vectors `(count, size, 1)` at length 1; zero stays zero."""
    return vectors * ops.rsqrt(ops.sum(ops.square(vectors), axis=1, keepdims=True) + 1e-20)
