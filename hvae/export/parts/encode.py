"""Images to latents."""

from keras import ops

from hvae.deploy.port import block_ports, block_values, named_blocks
from hvae.export.parts.base import Part

_MEANINGS = {
    "mean": "mean of the posterior, before a flow",
    "std": "standard deviation of the posterior, before a flow",
    "z": "drawn from the posterior, after a flow",
    "prior_noise": "the noise from which generate, at temperature 1, makes this z",
}


class EncodePart(Part):
    """Mean, standard deviation and draw of the posterior, and what the prior makes z from."""

    @property
    def outputs(self):
        return tuple(
            port
            for name, meaning in _MEANINGS.items()
            for port in block_ports(name, self.noise_shapes, meaning)
        )

    def call(self, inputs):
        latents = self.posterior_walk(inputs).latents
        return {
            **named_blocks("mean", [latent.posterior.mean for latent in latents]),
            **named_blocks("std", [ops.exp(latent.posterior.log_std) for latent in latents]),
            **named_blocks("z", [latent.z for latent in latents]),
            **named_blocks("prior_noise", [latent.prior.noise_of(latent.z) for latent in latents]),
        }

    def loss_nats(self, images, source, exported):
        """What −ELBO rises by if the source model decodes what was encoded."""

        def cost(outputs):
            return self.judge.cost(images, block_values("z", outputs), block_values("std", outputs))

        return cost(exported) - cost(source)
