"""One optimiser update: clip, skip, decay, EMA. Written once, for every backend."""

from typing import Any, NamedTuple

import keras
from keras import ops

from hvae.numerics.elementwise import LEAST_SIZE
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
        ema_decay: decay d of the average.
        ema_ramp: whether at update t it is min(d, (1 + t)/(10 + t)), so that the average does
            not lag behind in the beginning.
        compile_function: makes a program of a function of tensors, here of the arithmetic on
            large vectors, which then goes through memory once; `None` for none.
        at_once: makes a program of a function of tensors that is called outside a step.
    """

    def __init__(
        self,
        optimizer,
        variables,
        clip_norm=0.0,
        ema_decay=0.999,
        ema_ramp=True,
        compile_function=None,
        at_once=lambda function: function,
    ):
        self.optimizer = optimizer
        self.variables = list(variables)
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.ema_ramp = ema_ramp
        self.layout = FlatLayout(v.shape for v in self.variables)
        self.moments = [self.new_vector() for _ in range(optimizer.num_moments)]
        start = at_once(self.layout.pack)([v.value for v in self.variables])
        self.average = keras.Variable(start, trainable=False, dtype="float32")
        self._unpack = at_once(self.layout.unpack)
        self.steps = keras.Variable(0, trainable=False, dtype="int32")
        self.consecutive_skips = keras.Variable(0, trainable=False, dtype="int32")
        self._new_vectors = self._compute_new_vectors
        if compile_function and self.layout.size >= LEAST_SIZE:
            self._new_vectors = compile_function(self._compute_new_vectors)

    @property
    def state(self):
        """All variables that make up the state of training, without the weights."""
        return [*self.moments, self.average, self.steps, self.consecutive_skips]

    @property
    def averages(self):
        """The average of every variable, a list of tensors."""
        return self._unpack(self.average.value)

    def new_vector(self):
        """A variable of zeros with one entry for every weight, `(size,)`."""
        return keras.Variable(ops.zeros((self.layout.size,)), trainable=False, dtype="float32")

    def apply(self, gradient, learning_rate, skip_norm):
        """One update.

        Args:
            gradient: of all variables, packed by `layout`.
            learning_rate: scalar.
            skip_norm: updates whose gradient norm is not below are skipped (with infinity
                those that are not finite).

        Returns:
            `UpdateInfo`.
        """
        norm = ops.sqrt(ops.sum(ops.square(gradient)))
        # A comparison with NaN is false: such norms are skipped whatever the threshold.
        skipped = ops.logical_not(norm < skip_norm)
        factor = ops.ones(())
        if self.clip_norm:
            factor = self.clip_norm / ops.maximum(norm, self.clip_norm)
        number = self.steps.value + 1
        weights, average, moments = self._new_vectors(
            self.layout.pack([v.value for v in self.variables]),
            self.average.value,
            [moment.value for moment in self.moments],
            gradient,
            factor,
            ops.cast(number, "float32"),
            learning_rate,
            skipped,
        )
        for variable, value in zip(self.variables, self.layout.unpack(weights)):
            variable.assign(value)
        self.average.assign(average)
        for moment, value in zip(self.moments, moments):
            moment.assign(value)
        self.steps.assign(ops.where(skipped, self.steps.value, number))
        self.consecutive_skips.assign(ops.where(skipped, self.consecutive_skips.value + 1, 0))
        return UpdateInfo(norm, skipped)

    def _compute_new_vectors(
        self, weights, average, moments, gradient, factor, number, learning_rate, skipped
    ):
        """Weights, average and moments after the update: nothing but arithmetic by element."""
        new_weights, new_moments = self.optimizer.step(
            weights, gradient * factor, moments, number, learning_rate
        )
        new_weights = ops.where(skipped, weights, new_weights)
        new_moments = [ops.where(skipped, old, new) for old, new in zip(moments, new_moments)]
        decay = self.ema_decay
        if self.ema_ramp:
            decay = ops.minimum(decay, (1.0 + number) / (10.0 + number))
        share = ops.where(skipped, 0.0, 1.0 - decay)
        return new_weights, average + share * (new_weights - average), new_moments
