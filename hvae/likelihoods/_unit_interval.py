"""Likelihoods whose images run from 0 to 1."""

from keras import ops

from hvae.likelihoods.base import Likelihood


class UnitIntervalLikelihood(Likelihood):
    """Scales levels to [0, 1]: image/(levels − 1)."""

    def scale(self, images):
        return ops.cast(images, "float32") / (self.levels - 1)

    def unscale(self, values):
        values = ops.round(values * (self.levels - 1))
        return ops.cast(ops.clip(values, 0, self.levels - 1), "int32")
