"""What Adam and Adamax have in common."""

import abc

from keras import ops

from hvae.training.optimizers.base import FlatOptimizer


class Adam(FlatOptimizer):
    """m ← β₁m + (1 − β₁)g, and a second moment, by which m is divided: a subclass says which.

    Args:
        beta_1, beta_2: decay of the moments.
        epsilon: ε, added where PyTorch adds it, by which published settings are.
        weight_decay, is_coupled: see `FlatOptimizer`.

    Reference:
        Kingma & Ba 2015.
    """

    num_moments = 2

    def __init__(self, beta_1=0.9, beta_2=0.999, epsilon=1e-8, weight_decay=0.0, is_coupled=False):
        super().__init__(weight_decay, is_coupled)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def _next_moments(self, gradient, moments, learning_rate):
        mean, second = moments
        mean = mean + (gradient - mean) * (1.0 - self.beta_1)
        return [mean, self._next_second(gradient, second)]

    @abc.abstractmethod
    def _next_second(self, gradient, second):
        """The second moment after a step."""


def unbiased(beta, number):
    """1 − βᵗ: the sum of the factors of t gradients in a moving average that starts at 0."""
    return 1.0 - ops.power(ops.cast(beta, "float32"), number)
