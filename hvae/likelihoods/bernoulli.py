"""Independent binary pixels."""

from keras import ops

from hvae.likelihoods.base import Likelihood, sum_over_image


class Bernoulli(Likelihood):
    """Every pixel is 1 with probability σ(logit). Reported in nats per image."""

    unit = "nats"

    @property
    def num_parameters(self):
        return self.channels

    def nll(self, parameters, images):
        logits = ops.cast(parameters, "float32")
        # −log σ(l) for x = 1 and −log(1 − σ(l)) for x = 0, without the difference
        # softplus(l) − l·x, which loses its digits for large logits.
        sign = 1.0 - 2.0 * self.scale(images)
        return sum_over_image(ops.softplus(sign * logits))

    def mean(self, parameters):
        return ops.sigmoid(ops.cast(parameters, "float32"))

    def mode(self, parameters):
        return ops.cast(ops.greater(parameters, 0), "float32")

    def noise_shapes(self, batch, height, width):
        return {"logistic": (batch, height, width, self.channels)}

    def from_noise(self, parameters, noise):
        # A logistic variable exceeds −l with probability σ(l).
        return self.mode(ops.cast(parameters, "float32") + noise["logistic"])
