"""How unusual an image is."""

import numpy as np
from keras import ops

from hvae.deploy.port import Port, block_values
from hvae.export.parts.base import Part
from hvae.inference.detection.level_rows import posterior_rows
from hvae.inference.detection.level_terms import level_terms


class DetectPart(Part):
    """NLL and KL per block of a walk in which any block may come from the prior."""

    @property
    def inputs(self):
        blocks = len(self.noise_shapes)
        meaning = "for each block 1: drawn from the posterior, 0: from the prior"
        return (*super().inputs, Port("from_posterior", (blocks,), "float32", meaning))

    @property
    def outputs(self):
        return (
            Port("nll", (), "float32", "-log p(x|z), nats"),
            Port(
                "kl",
                (len(self.noise_shapes),),
                "float32",
                "KL of each block, nats; 0 of those from the prior",
            ),
        )

    def call(self, inputs):
        noise = block_values("noise", inputs)
        masks = [
            ops.reshape(inputs["from_posterior"][:, i], (-1, 1, 1, 1)) for i in range(len(noise))
        ]
        activations = self.model.bottom_up(inputs["images"])
        return level_terms(self.model, inputs["images"], activations, noise, masks)

    def inputs_of(self, images, seed):
        # Every other image with its lower half of the blocks from the prior.
        blocks = len(self.noise_shapes)
        counts = np.arange(len(images)) % 2 * (blocks // 2)
        return {**super().inputs_of(images, seed), "from_posterior": posterior_rows(blocks, counts)}

    def loss_nats(self, images, source, exported):
        """What the bound is off by: one that flatters is as wrong as one that does not."""

        def bound(outputs):
            return -outputs["nll"] - outputs["kl"].sum(axis=-1)

        return np.abs(bound(exported) - bound(source))
