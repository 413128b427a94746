"""AdamW."""

from keras import ops

from hvae.training.optimizers.base import FlatOptimizer, unbiased


class AdamW(FlatOptimizer):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − α m̂/(√v̂ + ε̂) with decoupled decay.

    ε̂ is ε √(1 − β₂ᵗ), as in Keras and in Section 2 of the paper.

    Args:
        beta_1, beta_2: decay of the moments.
        weight_decay: see `FlatOptimizer`.
        epsilon: ε.

    Reference:
        Kingma & Ba 2015, Algorithm 1; Loshchilov & Hutter 2019.
    """

    num_moments = 2

    def __init__(self, beta_1=0.9, beta_2=0.999, weight_decay=0.0, epsilon=1e-7):
        super().__init__(weight_decay)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def _next_moments(self, gradient, moments, learning_rate):
        mean, square = moments
        return [
            mean + (gradient - mean) * (1.0 - self.beta_1),
            square + (ops.square(gradient) - square) * (1.0 - self.beta_2),
        ]

    def _descent(self, moments, number, learning_rate):
        mean, square = moments
        correction = ops.sqrt(unbiased(self.beta_2, number)) / unbiased(self.beta_1, number)
        return mean * (learning_rate * correction) / (ops.sqrt(square) + self.epsilon)
