"""Adamax."""

from keras import ops

from hvae.training.optimizers.adam import Adam, unbiased


class Adamax(Adam):
    """m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + ε), w ← w − α/(1 − β₁ᵗ) · m/u.

    Reference:
        Kingma & Ba 2015, Algorithm 2, which has no ε.
    """

    def _next_second(self, gradient, second):
        return ops.maximum(self.beta_2 * second, ops.abs(gradient) + self.epsilon)

    def _descent(self, moments, number, learning_rate):
        mean, norm = moments
        return learning_rate * mean / (unbiased(self.beta_1, number) * norm)
