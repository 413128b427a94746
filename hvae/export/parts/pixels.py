"""p(x|z) of pixels, value by value."""

import numpy as np
from keras import ops

from hvae.compression.coded_models import check_is_coded
from hvae.compression.level_table import log_table
from hvae.compression.pixels import pixels_at_a_time
from hvae.deploy.port import Port
from hvae.export.parts.base import Part
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise


class PixelsPart(Part):
    """Log-probabilities of all values of one channel, given the channels before it.

    An entry of a batch is as many pixels as are coded at a time.
    """

    @classmethod
    def check(cls, config):
        check_is_coded(config)

    @property
    def inputs(self):
        likelihood, pixels = self.model.likelihood, self._pixels
        return (
            Port(
                "pixel_parameters",
                (pixels, likelihood.num_parameters),
                "float32",
                "parameters of p(x|z)",
            ),
            Port(
                "values",
                (pixels, likelihood.channels),
                "int32",
                "the channels' values; those from the channel on do not count",
            ),
            Port("channel", (), "int32", "whose values are asked for"),
        )

    @property
    def outputs(self):
        shape = (self._pixels, self.model.likelihood.levels)
        return (Port("log_probabilities", shape, "float32", "of values 0, 1, ..., nats"),)

    def call(self, inputs):
        likelihood = self.model.likelihood
        channels = ops.tile(inputs["channel"][:, None], (1, self._pixels))
        table = log_table(
            likelihood,
            ops.reshape(inputs["pixel_parameters"], (-1, likelihood.num_parameters)),
            ops.reshape(inputs["values"], (-1, likelihood.channels)),
            ops.reshape(channels, (-1,)),
        )
        return {"log_probabilities": ops.reshape(table, (-1, self._pixels, likelihood.levels))}

    def inputs_of(self, images, seed):
        walk = CompiledFunction(
            self.model,
            lambda inputs: (
                self.model.top_down(
                    inputs["noise"], activations=self.model.bottom_up(inputs["images"])
                ).parameters
            ),
        )
        noise = latent_noise(self.model, range(len(images)), seed)
        parameters = walk.run({"images": images, "noise": noise})
        return {
            "pixel_parameters": self._pieces(parameters).astype("float32"),
            "values": self._pieces(images).astype("int32"),
            "channel": np.arange(len(images), dtype="int32") % images.shape[-1],
        }

    def loss_nats(self, images, source, exported):
        """What an image's code is longer by: KL of the tables, of all pixels and channels."""
        expected, found = (
            x - np.logaddexp.reduce(x, axis=-1, keepdims=True)
            for x in (o["log_probabilities"].astype("float64") for o in (source, exported))
        )
        kl = (np.exp(expected) * (expected - found)).sum(axis=-1).mean(axis=-1)
        return kl * self.model.config.num_dims

    @property
    def _pixels(self):
        return pixels_at_a_time(self.model.likelihood.levels)

    def _pieces(self, values):
        """Of each image as many pixels as an entry of a batch has."""
        flat = values.reshape(len(values), -1, values.shape[-1])
        return np.stack([np.resize(x, (self._pixels, values.shape[-1])) for x in flat])
