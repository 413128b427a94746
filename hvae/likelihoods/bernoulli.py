"""Independent binary pixels, or grey levels as their probabilities."""

from keras import ops

from hvae.likelihoods.base import Likelihood, own_channel, sum_over_image


class Bernoulli(Likelihood):
    """Every pixel is 1 with probability σ(logit). Reported in nats per image.

    Of a grey level x, scaled to 0 … 1, the NLL is the mean over binary draws, 1 with probability
    x: the cross-entropy −x log σ(l) − (1 − x) log(1 − σ(l)).
    """

    unit = "nats"

    @property
    def num_parameters(self):
        return self.channels

    def nll(self, parameters, images):
        logits = ops.cast(parameters, "float32")
        x = self.scale(images)
        # Not softplus(l) − l·x, which loses its digits for large logits.
        return sum_over_image(x * ops.softplus(-logits) + (1.0 - x) * ops.softplus(logits))

    def range_probabilities(self, parameters, values, channels, starts, spans):
        logits = own_channel(ops.cast(parameters, "float32"), channels)[:, None]
        # A range is one of two values.
        return ops.sigmoid(ops.where(ops.equal(starts, 0), -logits, logits))

    def mean(self, parameters):
        return ops.sigmoid(ops.cast(parameters, "float32"))

    @property
    def mean_levels(self):
        # The mean of black and white is grey.
        return max(self.levels, 256)

    def mean_integers(self, parameters):
        return ops.cast(ops.round(self.mean(parameters) * (self.mean_levels - 1)), "int32")

    def mode(self, parameters):
        return ops.cast(ops.greater(parameters, 0), "float32")

    def noise_shapes(self, batch, height, width):
        return {"logistic": (batch, height, width, self.channels)}

    def from_noise(self, parameters, noise):
        # A logistic variable exceeds −l with probability σ(l).
        return self.mode(ops.cast(parameters, "float32") + noise["logistic"])
