"""AdamW."""

from keras import ops

from hvae.training.optimizers.adam import Adam, unbiased


class AdamW(Adam):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − α m̂/(√v̂ + ε).

    m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ).

    Reference:
        Kingma & Ba 2015, Algorithm 1; Loshchilov & Hutter 2019.
    """

    def _next_second(self, gradient, second):
        return second + (ops.square(gradient) - second) * (1.0 - self.beta_2)

    def _descent(self, moments, number, learning_rate):
        mean, square = moments
        root = ops.sqrt(square) / ops.sqrt(unbiased(self.beta_2, number))
        return mean * (learning_rate / unbiased(self.beta_1, number)) / (root + self.epsilon)
