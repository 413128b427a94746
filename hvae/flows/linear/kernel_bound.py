"""Kernels whose convolution cannot stretch an image by more than a given factor."""

from keras import ops

# Keeps a kernel of zeros, and its gradient, finite; the bound only gets larger.
_EPSILON = 1e-30


def bounded_kernel(kernel, largest_norm, places):
    """The kernel, scaled down where its convolution's operator norm could exceed a bound.

    An output pixel is R^T times a patch, where R is the kernel as a matrix (places and
    input channels × output channels), and an input pixel is part of as many patches as
    the kernel has places:

    ‖W‖ ≤ √places · ‖R‖₂ ≤ √places · (tr (R^T R)⁸)^(1/16).

    The trace exceeds ‖R‖₂ by a factor of at most n^(1/16) for n channels. Unlike power
    iteration it has no state and is never too small.

    Args:
        kernel: `(height, width, in, out)`, float32.
        largest_norm: the bound on ‖W‖.
        places: number of pixels of the kernel that are not masked.

    Reference:
        Tsuzuku et al. 2018, Appendix D (the patches); Delattre et al. 2023 (the trace).
    """
    excess = _spectral_norm_bound(kernel) * (places**0.5 / largest_norm)
    return kernel * ops.reciprocal(ops.maximum(excess, 1.0))


def _spectral_norm_bound(kernel):
    matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))  # (places · in, out)
    # The bound is proportional to the matrix: this factor cancels, and with it its gradient.
    scale = ops.stop_gradient(ops.sqrt(ops.sum(ops.square(matrix)) + _EPSILON))
    # Not divided: a constant divisor would have a gradient in a graph of TensorFlow, of ten nodes.
    matrix = matrix * ops.reciprocal(scale)
    transposed = ops.transpose(matrix)
    is_tall = matrix.shape[0] > matrix.shape[1]
    # (n, n) with the smaller of both sides; its trace is at most 1: powers cannot overflow.
    power = ops.matmul(transposed, matrix) if is_tall else ops.matmul(matrix, transposed)
    for _ in range(2):
        power = ops.matmul(power, power)
    return ops.power(ops.sum(ops.square(power)) + _EPSILON, 1.0 / 16.0) * scale
