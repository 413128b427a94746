"""The unit matrix, as a constant."""

import numpy as np
from keras import ops


def unit_matrix(rows, columns=None):
    """Ones on the diagonal, zeros elsewhere, `(rows, columns)`, float32.

    OpenVINO's conversion refuses what `ops.eye`, `ops.trace` and `ops.diagonal` are under
    TensorFlow: sums of products with this replace the last two.

    Args:
        rows: number of rows.
        columns: number of columns; as many as rows by default.
    """
    # With its type JAX takes the array as it is; else it compiles a program that copies it.
    return ops.convert_to_tensor(np.eye(rows, columns, dtype="float32"), dtype="float32")
