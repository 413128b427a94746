"""What compression asks of a model, answered by the programs that were exported of it."""

import hashlib

import numpy as np

from hvae.compression.fingerprint import fingerprint
from hvae.compression.walks import BlockGaussians, Walks
from hvae.deploy.port import block_values, named_blocks
from hvae.images.image_dtype import image_dtype


class OpenVINOWalks(Walks):
    """Walks by the parts `compress` and `pixels`, which give all blocks at once.

    Every z that is drawn takes a run of the whole program: it says what the next block's p and q
    are. So a walk takes a run for each block, and one more.

    Args:
        manifest: the `Manifest` of the export.
        run: function from a part's name and its inputs by name to its outputs by name.
        arithmetic: device and precision, a text.
    """

    #: Parts that the export has to have.
    PARTS = ("compress", "pixels")

    def __init__(self, manifest, run, arithmetic):
        self.image_size = manifest.image_size
        self.image_channels = manifest.image_channels
        self.levels = manifest.levels
        self.latent_shapes = manifest.noise_shapes
        sums = "".join(
            checksum for name in self.PARTS for checksum in manifest.parts[name].files.values()
        )
        self.fingerprint = fingerprint(
            manifest.weights_sha256,
            manifest.config_sha256,
            ("openvino",),
            program=hashlib.sha256(sums.encode()).hexdigest(),
            arithmetic=arithmetic,
        )
        self._run = run

    def posterior_walk(self, images, draw):
        return self._walk(images, draw, has_posterior=True)

    def prior_walk(self, count, draw):
        # What comes from the images goes into posteriors alone.
        images = np.zeros((count, *self.image_size, self.image_channels))
        return self._walk(images, draw, has_posterior=False)

    def gaussians(self, images, latents):
        return self._blocks(self._outputs(images, latents))

    def range_table(self, parameters, values, channel, span):
        inputs = {
            "pixel_parameters": parameters[None],
            "values": values[None],
            "channel": np.array([channel], np.int32),
            "span": np.array([span], np.int32),
        }
        return self._run("pixels", inputs)["probabilities"][0]

    def _walk(self, images, draw, has_posterior):
        latents = [np.zeros((len(images), *shape), np.float32) for shape in self.latent_shapes]
        for i in range(len(latents)):
            block = self._blocks(self._outputs(images, latents))[i]
            if not has_posterior:
                block = block._replace(posterior_mean=None, posterior_log_std=None)
            latents[i] = draw(block)
        return self._outputs(images, latents)["pixel_parameters"]

    def _outputs(self, images, latents):
        images = images.astype(image_dtype(self.levels))
        return self._run("compress", {"images": images, **named_blocks("z", latents)})

    @staticmethod
    def _blocks(outputs):
        names = BlockGaussians._fields
        return [BlockGaussians(*x) for x in zip(*(block_values(n, outputs) for n in names))]
