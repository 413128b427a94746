"""One optimiser update: clip, skip, decay, EMA. Written once, for every backend."""

from typing import Any, NamedTuple

import keras
from keras import ops

from hvae.training.flat_layout import FlatLayout


class UpdateInfo(NamedTuple):
    """What one update did."""

    gradient_norm: Any  # scalar, before clipping
    skipped: Any  # scalar bool


class Update:
    """Applies a gradient to the variables, or skips it, and follows them with an average.

    A skipped update leaves weights, moments, average and step count as they were. Gradient,
    moments and average are one vector each, so that a graph has a handful of nodes a
    variable, whatever the optimizer does.

    Args:
        optimizer: a `FlatOptimizer`.
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
        self.layout = FlatLayout(v.shape for v in self.variables)
        self.moments = [self.new_vector() for _ in range(optimizer.num_moments)]
        self.average = keras.Variable(
            self.layout.pack([v.value for v in self.variables]), trainable=False, dtype="float32"
        )
        self.steps = keras.Variable(0, trainable=False, dtype="int32")
        self.consecutive_skips = keras.Variable(0, trainable=False, dtype="int32")

    @property
    def state(self):
        """All variables that make up the state of training, without the weights."""
        return [*self.moments, self.average, self.steps, self.consecutive_skips]

    @property
    def averages(self):
        """The average of every variable, a list of tensors."""
        return self.layout.unpack(self.average.value)

    def new_vector(self):
        """A variable of zeros with one entry for every weight, `(size,)`."""
        return keras.Variable(ops.zeros((self.layout.size,)), trainable=False, dtype="float32")

    def apply(self, gradient, learning_rate, skip_norm):
        """One update.

        Args:
            gradient: of all variables, packed by `layout`.
            learning_rate: scalar.
            skip_norm: updates with a larger gradient norm are skipped (infinity for
                none); non-finite ones always are.

        Returns:
            `UpdateInfo`.
        """
        norm = ops.sqrt(ops.sum(ops.square(gradient)))
        # A comparison with NaN is false: non-finite norms are skipped whatever the threshold.
        skipped = ops.logical_not(ops.logical_and(norm <= skip_norm, norm < float("inf")))
        if self.clip_norm:
            gradient = gradient * (self.clip_norm / ops.maximum(norm, self.clip_norm))
        number = self.steps.value + 1
        weights = self.layout.pack([v.value for v in self.variables])
        moments = [moment.value for moment in self.moments]
        new_weights, new_moments = self.optimizer.step(
            weights, gradient, moments, ops.cast(number, "float32"), learning_rate
        )
        new_weights = ops.where(skipped, weights, new_weights)
        for variable, value in zip(self.variables, self.layout.unpack(new_weights)):
            variable.assign(value)
        for moment, old, new in zip(self.moments, moments, new_moments):
            moment.assign(ops.where(skipped, old, new))
        self._follow(new_weights, ops.cast(number, "float32"), skipped)
        self.steps.assign(ops.where(skipped, self.steps.value, number))
        self.consecutive_skips.assign(ops.where(skipped, self.consecutive_skips.value + 1, 0))
        return UpdateInfo(norm, skipped)

    def _follow(self, weights, number, skipped):
        decay = ops.minimum(self.ema_decay, (1.0 + number) / (10.0 + number))
        share = ops.where(skipped, 0.0, 1.0 - decay)
        average = self.average.value
        self.average.assign(average + share * (weights - average))
