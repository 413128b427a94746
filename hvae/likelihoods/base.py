"""What a likelihood has to provide."""

import abc
from typing import TYPE_CHECKING, Any

from keras import ops

from hvae.noise.transforms import standard_noise

if TYPE_CHECKING:  # it lists the likelihoods
    from hvae.config import ModelConfig


class Likelihood(abc.ABC):
    """p(x | z) over images of integers 0 … levels − 1.

    A likelihood owns the scaling of the images, the number of parameters it needs for
    each pixel, and everything that is computed from them. All of it runs in float32.
    Shapes: images `(batch, height, width, channels)`, parameters
    `(batch, height, width, num_parameters)`.

    Args:
        channels: channels of the images.
        levels: number of intensity levels.
    """

    #: Unit in which results are reported: `"bits_per_dim"` or `"nats"`.
    unit: str = "bits_per_dim"

    def __init__(self, channels: int, levels: int):
        self.channels = channels
        self.levels = levels

    @classmethod
    def from_model_config(cls, config: "ModelConfig") -> "Likelihood":
        """The likelihood with the settings of a `ModelConfig`."""
        return cls(config.image_channels, config.levels)

    @property
    @abc.abstractmethod
    def num_parameters(self) -> int:
        """Number of parameters for each pixel."""

    def scale(self, images: Any) -> Any:
        """Integers to the floats that the encoder reads, same shape, float32: 0 to 1 here."""
        return ops.cast(images, "float32") / (self.levels - 1)

    def unscale(self, values: Any) -> Any:
        """Floats on the scale of `scale` to the nearest integers, int32."""
        values = ops.round(values * (self.levels - 1))
        return ops.cast(ops.clip(values, 0, self.levels - 1), "int32")

    @property
    def mean_levels(self) -> int:
        """Levels of `mean_integers`: those of the images, unless these are too few for a mean."""
        return self.levels

    def mean_integers(self, parameters: Any) -> Any:
        """`mean` to the nearest integers 0 … mean_levels − 1, int32."""
        return self.unscale(self.mean(parameters))

    def output_levels(self, output: str) -> int:
        """Levels of the integers that show the `"sample"`, `"mode"` or `"mean"` of p(x | z)."""
        return self.mean_levels if output == "mean" else self.levels

    @abc.abstractmethod
    def nll(self, parameters: Any, images: Any) -> Any:
        """−log p(x | z) in nats per image, `(batch,)`."""

    def range_probabilities(
        self, parameters: Any, values: Any, channels: Any, starts: Any, spans: Any
    ) -> Any:
        """Probabilities of ranges of the values of one channel, given the channels before.

        What images are compressed with, so of likelihoods that are distributions over the values
        of whole pixels.

        Args:
            parameters: of pixels, `(pixels, num_parameters)`.
            values: of their channels, `(pixels, channels)` int32; only those before the
                pixel's channel count.
            channels: the number of each pixel's channel, `(pixels,)` int32.
            starts: first value of each range, `(pixels, ranges)` int32.
            spans: values in a range, `(pixels, 1)` int32; there are fewer in a last one that
                would go beyond the highest level.

        Returns:
            `(pixels, ranges)`, float32, times any factor of the pixel.
        """
        raise NotImplementedError

    @abc.abstractmethod
    def mean(self, parameters: Any) -> Any:
        """E[x | z] on the scale of `scale`, `(batch, height, width, channels)`."""

    @abc.abstractmethod
    def mode(self, parameters: Any) -> Any:
        """A most probable x on the scale of `scale`, `(batch, height, width, channels)`."""

    @abc.abstractmethod
    def noise_shapes(self, batch: int, height: int, width: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the uniforms that `sample` needs, by name."""

    def sample(self, parameters: Any, uniforms: dict[str, Any], temperature: Any = 1.0) -> Any:
        """A draw from p(x | z) on the scale of `scale`.

        The temperature multiplies the standard noise that makes the draw: the scales of
        logistics and Gaussians are multiplied by it, and the logits of choices (a
        mixture's component, a black or white pixel) divided by it. At 1 the draw is from
        p(x | z). At 0 nothing is left to chance: x is the centre of the component of the
        largest weight, and a binary pixel is the more probable value (0 if both are
        equally so). Without a mixture that is `mode`; `mode` of a mixture also looks at
        how narrow a component is.

        Args:
            parameters: the likelihood's parameters.
            uniforms: arrays in (0, 1) with the shapes and names of `noise_shapes`.
            temperature: a number, or one for each image, `(batch, 1, 1, 1)`.
        """
        temperature = ops.cast(temperature, "float32")
        return self.from_noise(
            parameters,
            {
                name: noise * ops.reshape(temperature, (-1, *[1] * (len(noise.shape) - 1)))
                for name, noise in standard_noise(uniforms).items()
            },
        )

    @abc.abstractmethod
    def from_noise(self, parameters: Any, noise: dict[str, Any]) -> Any:
        """The draw from p(x | z) that standard noise makes, on the scale of `scale`.

        Args:
            parameters: the likelihood's parameters.
            noise: what `standard_noise` makes of uniforms, by name.
        """


def sum_over_image(values):
    """Sum over all axes but the first: `(batch,)`."""
    return ops.sum(values, axis=list(range(1, len(values.shape))))


def own_channel(values, channels):
    """Of `(pixels, channels, …)` the entry of each pixel's channel, `(pixels, …)`.

    Args:
        values: the array.
        channels: the number of each pixel's channel, `(pixels,)` integers.
    """
    is_own = ops.equal(ops.arange(values.shape[1], dtype="int32"), channels[:, None])
    for _ in values.shape[2:]:
        is_own = is_own[..., None]
    return ops.sum(ops.where(is_own, values, ops.zeros_like(values)), axis=1)
