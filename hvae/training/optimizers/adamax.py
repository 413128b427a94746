"""Adamax with decoupled weight decay."""

from keras import ops

from hvae.training.optimizers.base import FlatOptimizer, unbiased


class Adamax(FlatOptimizer):
    """m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g|), w ← w − α/(1 − β₁ᵗ) · m/(u + ε).

    Args:
        beta_1, beta_2: decay of the moments.
        weight_decay: see `FlatOptimizer`.
        epsilon: ε.

    Reference:
        Kingma & Ba 2015, Algorithm 2.
    """

    num_moments = 2

    def __init__(self, beta_1=0.9, beta_2=0.999, weight_decay=0.0, epsilon=1e-7):
        super().__init__(weight_decay)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def _next_moments(self, gradient, moments, learning_rate):
        mean, norm = moments
        return [
            mean + (gradient - mean) * (1.0 - self.beta_1),
            ops.maximum(self.beta_2 * norm, ops.abs(gradient)),
        ]

    def _descent(self, moments, number, learning_rate):
        mean, norm = moments
        return learning_rate * mean / (unbiased(self.beta_1, number) * (norm + self.epsilon))
