"""One optimiser update: clip, skip, decay, EMA. Written once, for every backend."""

from typing import Any, NamedTuple

import keras
from keras import ops


class UpdateInfo(NamedTuple):
    """What one update did."""

    gradient_norm: Any  # scalar, before clipping
    skipped: Any  # scalar bool


class Update:
    """Applies a gradient to the variables, or skips it, and follows them with an average.

    A skipped update leaves weights, moments, average and step count as they were.

    Args:
        optimizer: a Keras optimizer.
        variables: the trainable variables.
        clip_norm: global norm to which gradients are clipped; 0 is off.
        ema_decay: decay d of the average. At update t it is min(d, (1 + t)/(10 + t)),
            so that the average does not lag behind in the beginning.
    """

    def __init__(self, optimizer, variables, clip_norm=0.0, ema_decay=0.999):
        self.optimizer = optimizer
        self.variables = list(variables)
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        # Before anything is traced: a step that creates variables is traced twice.
        optimizer.build(self.variables)
        self.averages = [
            keras.Variable(ops.copy(v.value), trainable=False, dtype=v.dtype)
            for v in self.variables
        ]
        self.consecutive_skips = keras.Variable(0, trainable=False, dtype="int32")

    @property
    def state(self):
        """All variables that make up the state of training, without the weights."""
        return [*self.optimizer.variables, *self.averages, self.consecutive_skips]

    def apply(self, gradients, learning_rate, skip_norm):
        """One update.

        Args:
            gradients: one tensor per variable.
            learning_rate: scalar.
            skip_norm: updates with a larger gradient norm are skipped (infinity for
                none); non-finite ones always are.

        Returns:
            `UpdateInfo`.
        """
        norm = global_norm(gradients)
        # A comparison with NaN is false: non-finite norms are skipped whatever the threshold.
        skipped = ops.logical_not(ops.logical_and(norm <= skip_norm, norm < float("inf")))
        if self.clip_norm:
            factor = self.clip_norm / ops.maximum(norm, self.clip_norm)
            gradients = [gradient * ops.cast(factor, gradient.dtype) for gradient in gradients]
        self.optimizer.learning_rate.assign(learning_rate)
        changed = [*self.variables, *self.optimizer.variables]
        before = [ops.copy(variable.value) for variable in changed]
        self.optimizer.apply(gradients, self.variables)
        for variable, old in zip(changed, before):
            if variable is not self.optimizer.learning_rate:
                variable.assign(ops.where(skipped, old, variable.value))
        self._follow(skipped)
        self.consecutive_skips.assign(ops.where(skipped, self.consecutive_skips + 1, 0))
        return UpdateInfo(norm, skipped)

    def _follow(self, skipped):
        step = ops.cast(self.optimizer.iterations, "float32")
        decay = ops.minimum(self.ema_decay, (1.0 + step) / (10.0 + step))
        share = ops.where(skipped, 0.0, 1.0 - decay)
        for average, variable in zip(self.averages, self.variables):
            average.assign(average + ops.cast(share, average.dtype) * (variable.value - average))


def global_norm(tensors):
    """Euclidean norm of all tensors together, float32."""
    return ops.sqrt(sum(ops.sum(ops.square(ops.cast(tensor, "float32"))) for tensor in tensors))
