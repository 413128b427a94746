"""What compression asks of a model: arrays in, arrays out, whoever computes them."""

import abc
from typing import NamedTuple

import numpy as np


class BlockGaussians(NamedTuple):
    """p and q of one latent block, `(batch, height, width, z_width)` each."""

    prior_mean: np.ndarray
    prior_log_std: np.ndarray  # nats
    posterior_mean: np.ndarray | None  # `None` without images
    posterior_log_std: np.ndarray | None  # nats


class Walks(abc.ABC):
    """Walks through a model's hierarchy in which the caller says what every z is.

    The same arrays have to give the same numbers, bit for bit, whenever they come.
    """

    #: `(height, width)` of an image.
    image_size: tuple[int, int]
    image_channels: int
    levels: int
    #: `(height, width, z_width)` of every latent block, smallest scale first.
    latent_shapes: tuple[tuple[int, ...], ...]
    #: What has to be the same where a file is read, see `fingerprint`.
    fingerprint: dict[str, str]

    @abc.abstractmethod
    def posterior_walk(self, images, draw):
        """The likelihood's parameters, `(batch, height, width, num_parameters)` float32.

        Args:
            images: integers, `(batch, height, width, channels)`.
            draw: function from the `BlockGaussians` of a block to its z, float32; it is asked
                for one block after the other.
        """

    @abc.abstractmethod
    def prior_walk(self, count, draw):
        """The same without images, whose blocks have no posterior.

        Args:
            count: images of the batch.
            draw: as of `posterior_walk`.
        """

    @abc.abstractmethod
    def gaussians(self, images, latents):
        """The `BlockGaussians` of all blocks, that z being `latents`.

        Args:
            images: as of `posterior_walk`.
            latents: z of every block, float32.
        """

    @abc.abstractmethod
    def range_table(self, parameters, values, channel, span):
        """Probabilities of a digit of one channel of pixels, `(pixels, base)` float32.

        Of the ranges of values that it chooses from, see `Digits`.

        Args:
            parameters: the likelihood's, `(pixels, num_parameters)` float32.
            values: of the pixels' channels, `(pixels, channels)` int32; only those before
                `channel` count, and of its own the digits before this one.
            channel: its number.
            span: values in a range.
        """
