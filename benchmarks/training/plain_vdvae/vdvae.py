"""The whole model."""

import torch
from torch import nn

from benchmarks.training.plain_vdvae import logistic_mixture
from benchmarks.training.plain_vdvae.decoder import Decoder
from benchmarks.training.plain_vdvae.encoder import Encoder


class PlainVDVAE(nn.Module):
    """VDVAE as its published code computes it, in as few lines as PyTorch needs.

    Its state dict has that code's names, so that a test can give our model the same weights.

    Args:
        config: a `ModelConfig` of one of that code's models of 8-bit RGB images.

    Reference:
        Child 2021.
    """

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config, logistic_mixture.num_parameters(config.num_output_mixtures))

    def forward(self, images, noise=None):
        """Two parts of −ELBO: −log p(x|z) `(batch,)` and KL `(batch, blocks)`, nats.

        Args:
            images: uint8, `(batch, height, width, 3)`.
            noise: standard normal, `(batch, z_width, height, width)` for each block;
                drawn if left out.
        """
        config = self.config
        pixels = images.permute(0, 3, 1, 2).float()
        inputs = (pixels - config.input_mean) / config.input_std
        parameters, kl = self.decoder(self.encoder(inputs.contiguous()), noise)
        nll = logistic_mixture.negative_log_likelihood(
            parameters, pixels / 127.5 - 1, config.num_output_mixtures, config.min_log_scale
        )
        return nll, kl

    def loss(self, images, noise=None):
        """−ELBO in nats per dimension, the mean over the batch."""
        nll, kl = self(images, noise)
        return torch.mean(nll + kl.sum(dim=1)) / self.config.num_dims
