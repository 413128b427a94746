"""What lossless compression asks of a model."""

import numpy as np
from keras import ops

from hvae.compression.coded_models import check_is_coded
from hvae.deploy.port import Port, block_ports, block_values, named_blocks
from hvae.export.parts.base import Part
from hvae.inference.latents.latent_encoder import LatentEncoder
from hvae.latents.diagonal_gaussian import DiagonalGaussian
from hvae.likelihoods.base import sum_over_image

_MEANINGS = {
    "prior_mean": "mean of the prior, which depends on z of the blocks before",
    "prior_log_std": "logarithm of its standard deviation",
    "posterior_mean": "mean of the posterior, which depends on the images too",
    "posterior_log_std": "logarithm of its standard deviation",
}


class CompressPart(Part):
    """p and q of every block, and the parameters of p(x|z), z being given.

    A block's p and q depend on z of the blocks before it only: whoever codes images runs the
    part once a block, each time with one z more.
    """

    @classmethod
    def check(cls, config):
        check_is_coded(config)

    @property
    def inputs(self):
        return (self.image_port, *block_ports("z", self.noise_shapes, "z"))

    @property
    def outputs(self):
        shape = (*self.model.config.image_size, self.model.likelihood.num_parameters)
        return (
            *(
                port
                for name, meaning in _MEANINGS.items()
                for port in block_ports(name, self.noise_shapes, meaning)
            ),
            Port("pixel_parameters", shape, "float32", "parameters of p(x|z), for pixels"),
        )

    def call(self, inputs):
        latents = block_values("z", inputs)
        activations = self.model.bottom_up(inputs["images"])
        output = self.model.top_down(
            [ops.zeros_like(z) for z in latents], activations=activations, latents=latents
        )
        priors = [latent.prior for latent in output.latents]
        posteriors = [latent.posterior for latent in output.latents]
        return {
            **named_blocks("prior_mean", [p.mean for p in priors]),
            **named_blocks("prior_log_std", [p.log_std for p in priors]),
            **named_blocks("posterior_mean", [q.mean for q in posteriors]),
            **named_blocks("posterior_log_std", [q.log_std for q in posteriors]),
            "pixel_parameters": ops.cast(output.parameters, "float32"),
        }

    def inputs_of(self, images, seed):
        latents = LatentEncoder(self.model)(images, seed).z
        images = images.astype(self.image_port.dtype)
        return {"images": images, **named_blocks("z", latents)}

    def loss_nats(self, images, source, exported):
        """What the code is longer, or seems shorter, by."""

        def cost(outputs):
            return self.judge.nll(outputs["pixel_parameters"], images) + _kl(outputs)

        return np.abs(cost(exported) - cost(source))


def _kl(outputs):
    """KL(q ‖ p) of all blocks, `(images,)`, nats."""
    blocks = zip(*(block_values(name, outputs) for name in _MEANINGS))
    nats = 0.0
    for p_mean, p_log_std, q_mean, q_log_std in blocks:
        p, q = DiagonalGaussian(p_mean, p_log_std), DiagonalGaussian(q_mean, q_log_std)
        nats = nats + ops.convert_to_numpy(sum_over_image(q.kl(p)))
    return nats
