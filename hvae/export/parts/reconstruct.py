"""Images through the posterior and back."""

from keras import ops

from hvae.deploy.port import Port
from hvae.export.parts.base import Part


class ReconstructPart(Part):
    """The mean of p(x|z), with z drawn from the posterior."""

    @property
    def outputs(self):
        return (
            self.images_of_levels("reconstructions", self.model.likelihood.mean_levels),
            Port("nll", (), "float32", "-log p(x|z) of the images that came in, nats"),
        )

    def call(self, inputs):
        parameters = self.posterior_walk(inputs).parameters
        likelihood = self.model.likelihood
        return {
            "reconstructions": ops.cast(
                likelihood.mean_integers(parameters), self.outputs[0].dtype
            ),
            "nll": likelihood.nll(parameters, inputs["images"]),
            "parameters": parameters,
        }
