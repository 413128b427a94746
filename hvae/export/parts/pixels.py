"""p(x|z) of pixels, digit by digit."""

import numpy as np
from keras import ops

from hvae.compression.coded_models import check_is_coded, coded_likelihood
from hvae.compression.digits import Digits
from hvae.compression.pixels import PIXELS_AT_A_TIME, normalized
from hvae.compression.range_table import range_table
from hvae.deploy.port import Port
from hvae.export.parts.base import Part
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.noise.draws import latent_noise


class PixelsPart(Part):
    """Probabilities of a digit of one channel, given those before it and the channels before.

    An entry of a batch is as many pixels as are coded at a time.
    """

    @classmethod
    def check(cls, config):
        check_is_coded(config)

    def __init__(self, model):
        super().__init__(model)
        self._likelihood = coded_likelihood(model.config)
        self._digits = Digits.of_levels(self._likelihood.levels)

    @property
    def inputs(self):
        parameters = (PIXELS_AT_A_TIME, self._likelihood.num_parameters)
        values = (PIXELS_AT_A_TIME, self._likelihood.channels)
        spans = ", ".join(map(str, self._digits.spans))
        return (
            Port("pixel_parameters", parameters, "float32", "parameters of p(x|z)"),
            Port(
                "values",
                values,
                "int32",
                "the channels' values; what follows the digit does not count",
            ),
            Port("channel", (), "int32", "whose values are asked for"),
            Port("span", (), "int32", f"which digit: values in a range of it, {spans}"),
        )

    @property
    def outputs(self):
        shape = (PIXELS_AT_A_TIME, self._digits.base)
        return (Port("probabilities", shape, "float32", "of ranges of values, times any factor"),)

    def call(self, inputs):
        likelihood = self._likelihood
        channels, spans = (
            ops.reshape(ops.tile(inputs[name][:, None], (1, PIXELS_AT_A_TIME)), (-1,))
            for name in ("channel", "span")
        )
        table = range_table(
            likelihood,
            ops.reshape(inputs["pixel_parameters"], (-1, likelihood.num_parameters)),
            ops.reshape(inputs["values"], (-1, likelihood.channels)),
            channels,
            spans,
        )
        shape = (-1, PIXELS_AT_A_TIME, self._digits.base)
        return {"probabilities": ops.reshape(table, shape)}

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
        numbers = np.arange(len(images))
        return {
            "pixel_parameters": self._pieces(parameters).astype("float32"),
            "values": self._pieces(images).astype("int32"),
            "channel": (numbers % images.shape[-1]).astype("int32"),
            "span": np.resize(self._digits.spans, len(images)).astype("int32"),
        }

    def loss_nats(self, images, source, exported):
        """What an image's code is longer by: KL of the tables, of all digits of its values."""
        expected, found = (
            normalized(outputs["probabilities"]).astype("float64") for outputs in (source, exported)
        )
        kl = (expected * np.log(expected / found)).sum(axis=-1).mean(axis=-1)
        return kl * self.model.config.num_dims * len(self._digits.spans)

    def _pieces(self, values):
        """Of each image as many pixels as an entry of a batch has."""
        flat = values.reshape(len(values), -1, values.shape[-1])
        return np.stack([np.resize(x, (PIXELS_AT_A_TIME, values.shape[-1])) for x in flat])
