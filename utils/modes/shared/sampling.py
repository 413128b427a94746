"""Samples of the prior as the user's flags describe them."""

import functools

from utils.modes.shared.mode_flags import add_number, add_output_flag
from utils.modes.shared.temperature import add_temperature_flag, read_temperature, temperature_title


def add_sampling_flags(parser):
    """How images are drawn."""
    add_temperature_flag(parser)
    add_number(
        parser,
        "--output_temperature",
        1.0,
        "with a sample of p(x|z): factor on its scales, divisor of its logits",
        least=0.0,
        kind=float,
        most=1000.0,
    )
    add_number(
        parser,
        "--readjust_batchnorm",
        0,
        "batches of samples to estimate the statistics of batch normalisation from; "
        "0 for those of training",
        least=0,
        most=10_000,
    )
    add_output_flag(parser, "sample")


def check_sampling(typed, config):
    """Refuse temperatures that do not fit a model.

    Args:
        typed: the flags' values.
        config: the `ModelConfig`.

    Raises:
        UserError: as `read_temperature`.
    """
    read_temperature(typed.temperature, len(config.latent_scales))


class Sampling:
    """Draws images as `add_sampling_flags` say.

    Args:
        session: a `Session`.
    """

    def __init__(self, session):
        self.typed = session.typed
        scales = session.request.experiment.model.latent_scales
        self.temperatures = read_temperature(self.typed.temperature, len(scales))
        self.session = session

    @property
    def title(self):
        """What is drawn, for figures."""
        title = temperature_title(self.temperatures)
        if self.typed.output == "sample":
            if self.typed.output_temperature != 1.0:
                title += f", output temperature {self.typed.output_temperature:g}"
            return title
        return f"{title}, {self.typed.output} of p(x|z)"

    @property
    def levels(self):
        """Levels of the images."""
        return self.session.model.likelihood.output_levels(self.typed.output)

    @property
    def facts(self):
        """How images are drawn, for files of results."""
        return {
            "temperature": self.temperatures,
            "output": self.typed.output,
            "output_temperature": self.typed.output_temperature,
            "readjust_batchnorm": self.typed.readjust_batchnorm,
            "seed": self.typed.seed,
            "weights": self.session.weights_name,
        }

    @functools.cached_property
    def _generator(self):
        from hvae.inference.generation.generator import Generator

        return Generator(self.session.model, self.typed.output, self.typed.batch_size)

    def stream(self, indices):
        """The images with these numbers, one after the other; see `Generator.stream`."""
        return self._generator.stream(
            indices,
            self.temperatures,
            self.typed.seed,
            self.typed.output_temperature,
            self.typed.readjust_batchnorm,
        )
