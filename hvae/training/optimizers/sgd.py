"""Stochastic gradient descent."""

from hvae.training.optimizers.base import FlatOptimizer


class SGD(FlatOptimizer):
    """m ← μm − αg, w ← w + m.

    Args:
        momentum: μ; with 0 nothing is kept.
        weight_decay, is_coupled: see `FlatOptimizer`.
    """

    num_moments = 1

    def __init__(self, momentum=0.0, weight_decay=0.0, is_coupled=False):
        super().__init__(weight_decay, is_coupled)
        self.momentum = momentum

    def _next_moments(self, gradient, moments, learning_rate):
        (velocity,) = moments
        return [self.momentum * velocity - learning_rate * gradient]

    def _descent(self, moments, number, learning_rate):
        (velocity,) = moments
        return -velocity
