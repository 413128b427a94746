"""Choice of one component out of several."""

from keras import ops


def first_largest(scores):
    """1 for the largest of the last axis, the first of several, 0 for the others; float32.

    `ops.argmax` does the same by an operation that OpenVINO does not know.

    Args:
        scores: `(..., components)`, float32.
    """
    numbers = ops.arange(scores.shape[-1], dtype="float32")
    is_largest = scores >= ops.max(scores, axis=-1, keepdims=True)
    candidates = ops.where(is_largest, numbers, float(scores.shape[-1]))
    first = ops.min(candidates, axis=-1, keepdims=True)
    return ops.cast(ops.equal(numbers, first), "float32")


def chosen(values, choice):
    """The value of the chosen component, `(...)`.

    Args:
        values: `(..., components)`, finite.
        choice: that of `first_largest`.
    """
    return ops.sum(values * choice, axis=-1)
