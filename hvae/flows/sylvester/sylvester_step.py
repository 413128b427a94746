"""One step of an orthogonal Sylvester flow."""

from typing import Any, NamedTuple

from keras import ops

from hvae.flows.linear.unit_matrix import unit_matrix

# Halvings of an interval of length 2 that reach the spacing of float32.
_HALVINGS = 26


class SylvesterStep(NamedTuple):
    """z' = z + Q R1 tanh(R2 Qᵀ z + b), for each image of a batch with its own parameters.

    By Sylvester's identity the determinant is that of M variables:
    log|det ∂z'/∂z| = Σ_i log(1 + tanh'(u_i) R1_ii R2_ii) with u = R2 Qᵀ z + b.

    Reference:
        van den Berg et al. 2018, Section 3: Theorem 1, and Theorem 2 for the inverse.
    """

    r1: Any  # (batch, M, M), upper triangular
    r2: Any  # (batch, M, M), upper triangular, R1_ii R2_ii > -1
    q: Any  # (batch, size, M), orthonormal columns
    b: Any  # (batch, M)

    def forward(self, z):
        """z' and the logarithm of the determinant.

        Args:
            z: `(batch, size)`.

        Returns:
            z' of the same shape, and log|det|, `(batch,)`.
        """
        u = _product(self.r2, self._columns_of(z)) + self.b  # (batch, M)
        return z + self._change(u), self._log_det(u)

    def inverse(self, z):
        """The vector that `forward` takes to z, `(batch, size)`, and log|det| of the way back.

        u_i depends on u_i … u_M only, and alone it is the root of a monotone function: each
        round makes one more of them exact, from the last to the first.
        """
        columns = self._columns_of(z)  # (batch, M)
        factor = self._diagonal_product()
        u = ops.zeros_like(columns)
        for _ in range(columns.shape[-1]):
            bent = ops.tanh(u)
            start = columns - _product(self.r1, bent)
            u = _root(factor, _product(self.r2, start) + self.b + factor * bent)
        return z - self._change(u), -self._log_det(u)

    def _log_det(self, u):
        slope = 1.0 - ops.square(ops.tanh(u))
        return ops.sum(ops.log1p(slope * self._diagonal_product()), axis=-1)  # (batch,)

    def _columns_of(self, z):
        return ops.einsum("bdm,bd->bm", self.q, z)

    def _change(self, u):
        return ops.einsum("bdm,bm->bd", self.q, _product(self.r1, ops.tanh(u)))

    def _diagonal_product(self):
        return _diagonal(self.r1) * _diagonal(self.r2)


def _product(matrix, vector):
    return ops.einsum("bij,bj->bi", matrix, vector)


def _diagonal(matrix):
    return ops.sum(matrix * unit_matrix(matrix.shape[-1]), axis=-1)


def _root(factor, offset):
    """The x with x + factor · tanh(x) = offset, for |factor| < 1, by halving an interval."""

    def halve(_, bounds):
        low, high = bounds
        middle = 0.5 * (low + high)
        is_above = middle + factor * ops.tanh(middle) > offset
        return ops.where(is_above, low, middle), ops.where(is_above, middle, high)

    low, high = ops.fori_loop(0, _HALVINGS, halve, (offset - 1.0, offset + 1.0))
    return 0.5 * (low + high)
