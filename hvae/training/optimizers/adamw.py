"""AdamW."""

from keras import ops

from hvae.training.optimizers.adam import Adam, unbiased


class AdamW(Adam):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − α m̂/(√v̂ + ε̂) with decoupled decay.

    ε̂ is ε √(1 − β₂ᵗ), as in Keras and in Section 2 of the paper.

    Reference:
        Kingma & Ba 2015, Algorithm 1; Loshchilov & Hutter 2019.
    """

    def _next_second(self, gradient, second):
        return second + (ops.square(gradient) - second) * (1.0 - self.beta_2)

    def _descent(self, moments, number, learning_rate):
        mean, square = moments
        correction = ops.sqrt(unbiased(self.beta_2, number)) / unbiased(self.beta_1, number)
        return mean * (learning_rate * correction) / (ops.sqrt(square) + self.epsilon)
