"""What an optimizer of a flat vector has to provide."""

import abc


class FlatOptimizer(abc.ABC):
    """A rule that moves all weights at once: they, their gradient and moments are one vector each.

    Keras's optimizers move one variable after the other: in the graph of a deep model
    three quarters of all nodes were theirs.

    Args:
        weight_decay: a weight loses this times the learning rate in a step.
        is_coupled: whether this times the weight is added to the gradient instead.

    Reference:
        Loshchilov & Hutter 2019, Algorithm 2: L2 regularisation, and decoupled weight decay.
    """

    #: How many moments the rule keeps.
    num_moments = 0

    def __init__(self, weight_decay=0.0, is_coupled=False):
        self.weight_decay = weight_decay
        self.is_coupled = is_coupled

    def step(self, weights, gradient, moments, number, learning_rate):
        """One step.

        Args:
            weights: `(size,)`, float32.
            gradient: `(size,)`, float32.
            moments: `num_moments` tensors like `weights`, zeros at the start.
            number: of this step, float32 scalar, counted from 1.
            learning_rate: float32 scalar.

        Returns:
            Weights and moments after the step.
        """
        if self.weight_decay and self.is_coupled:
            gradient = gradient + self.weight_decay * weights
        moments = self._next_moments(gradient, moments, learning_rate)
        if self.weight_decay and not self.is_coupled:
            weights = weights - weights * self.weight_decay * learning_rate
        return weights - self._descent(moments, number, learning_rate), moments

    @abc.abstractmethod
    def _next_moments(self, gradient, moments, learning_rate):
        """The moments after a step, a list."""

    @abc.abstractmethod
    def _descent(self, moments, number, learning_rate):
        """What the weights lose, beside the decay."""
