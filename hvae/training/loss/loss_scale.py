"""The factor on the loss that keeps float16 gradients from vanishing."""

import keras
from keras import ops


class LossScale:
    """A power of two that falls when a gradient overflows, and rises after many that did not.

    An update with an overflow is one of those that `Update` skips, since the gradient's norm is
    not finite: the scale follows that rule and adds none. From its initial value to 1 it takes
    fewer updates than a training that has diverged is given.

    Args:
        initial: its first value.
        patience: finite gradients in a row until it doubles.

    Reference:
        Micikevicius et al. 2018, Section 3.2.
    """

    def __init__(self, initial=2.0**15, patience=2000):
        self.patience = patience
        self.value = keras.Variable(initial, trainable=False, dtype="float32")
        self.finite = keras.Variable(0, trainable=False, dtype="int32")

    @property
    def variables(self):
        """Its state."""
        return [self.value, self.finite]

    def follow(self, is_finite):
        """Go on after an update; `is_finite`, a scalar bool, tells of its gradient."""
        finite = ops.where(is_finite, self.finite.value + 1, 0)
        rises = finite >= self.patience
        factor = ops.where(is_finite, ops.where(rises, 2.0, 1.0), 0.5)
        self.value.assign(ops.maximum(self.value.value * factor, 1.0))
        self.finite.assign(ops.where(rises, 0, finite))
