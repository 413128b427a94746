"""Orthonormal columns out of any vectors."""

from keras import ops

from hvae.flows.linear.unit_matrix import unit_matrix

# A vector with no entry above this has no direction that gradients could follow.
_LEAST_ENTRY = 1e-6


def orthonormal_columns(vectors, num_columns):
    """The first columns of H_1 H_2 … H_K, orthonormal for any finite vectors.

    H_k = I − 2 v_k v_kᵀ / ‖v_k‖². A vector of zeros, or nearly so, counts as one of ones.
    The matrices H_k are never formed: the cost is O(size · num_columns · K).

    Args:
        vectors: v_1 … v_K, `(..., size, K)`, float32.
        num_columns: at most `size`. As many vectors reach every set of columns, but for
            the sign of the last where `size` is reached.

    Returns:
        `(..., size, num_columns)`.

    Reference:
        van den Berg et al. 2018, Section 3, Householder Sylvester flows.
    """
    # Split, not sliced: the gradient of a slice is six nodes of TensorFlow's graph.
    vectors = ops.split(_unit(vectors), vectors.shape[-1], axis=-1)
    columns = unit_matrix(vectors[0].shape[-2], num_columns)
    for v in reversed(vectors):  # (..., size, 1)
        columns = columns - v * (ops.sum(v * columns, axis=-2, keepdims=True) * 2.0)
    return columns  # (..., size, num_columns)


def _unit(vectors):
    # A reflection does not depend on the length of its vector: no gradient is lost here.
    largest = ops.stop_gradient(ops.max(ops.abs(vectors), axis=-2, keepdims=True))
    is_zero = largest < _LEAST_ENTRY
    scaled = ops.where(is_zero, 1.0, vectors / ops.where(is_zero, 1.0, largest))
    return scaled * ops.rsqrt(ops.sum(ops.square(scaled), axis=-2, keepdims=True))
