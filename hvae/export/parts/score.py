"""How probable an image is, and what each block has to do with it."""

import numpy as np

from hvae.deploy.port import Port, block_values
from hvae.export.parts.base import Part


class ScorePart(Part):
    """ELBO, NLL and KL per block, from one posterior sample."""

    @property
    def outputs(self):
        return (
            Port("elbo", (), "float32", "lower bound of log p(x), nats"),
            Port("nll", (), "float32", "-log p(x|z), nats"),
            Port("kl", (len(self.noise_shapes),), "float32", "KL of each block, nats"),
        )

    def call(self, inputs):
        output = self.model(inputs["images"], block_values("noise", inputs))
        return {"elbo": output.elbo, "nll": output.nll, "kl": output.kl}

    def loss_nats(self, images, source, exported):
        """What the ELBO is off by: a score that flatters is as wrong as one that does not."""
        return np.abs(exported["elbo"] - source["elbo"])
