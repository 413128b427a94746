"""Images through the posterior and back."""

from hvae.deploy.port import Port
from hvae.export.parts.base import Part


class ReconstructPart(Part):
    """The mean of p(x|z), with z drawn from the posterior."""

    @property
    def outputs(self):
        return (
            self.image_port._replace(name="reconstructions"),
            Port("nll", (), "float32", "-log p(x|z) of the images that came in, nats"),
        )

    def call(self, inputs):
        parameters = self.posterior_walk(inputs).parameters
        likelihood = self.model.likelihood
        return {
            "reconstructions": self.as_images(likelihood.mean(parameters)),
            "nll": likelihood.nll(parameters, inputs["images"]),
            "parameters": parameters,
        }
