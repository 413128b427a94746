"""Images through the posterior and back."""

from hvae.export.parts.base import Part
from hvae.export.port import Port


class ReconstructPart(Part):
    """The mean of p(x|z), with z drawn from the posterior."""

    @property
    def inputs(self):
        return (self.image_port, *self.noise_ports)

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

    def inputs_of(self, images, seed):
        return self.image_inputs(images, seed)

    def loss_nats(self, images, source, exported):
        return self.loss_of_parameters(images, source, exported)
