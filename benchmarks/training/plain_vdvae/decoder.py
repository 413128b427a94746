"""Top-down."""

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.training.plain_vdvae.bottleneck import convolution
from benchmarks.training.plain_vdvae.decoder_block import DecoderBlock


class Decoder(nn.Module):
    """From the smallest scale to the likelihood's parameters.

    Args:
        config: a `ModelConfig`.
        num_parameters: parameters of the likelihood for each pixel.
    """

    def __init__(self, config, num_parameters):
        super().__init__()
        self.scales = [s for s in reversed(config.scales) if s.num_latents]
        depth = len(config.latent_scales)
        self.dec_blocks = nn.ModuleList(DecoderBlock(s, depth) for s in config.latent_scales)
        self.bias_xs = nn.ParameterList(
            torch.zeros(1, s.state_width, *s.size)
            for s in self.scales
            if s.height <= config.no_bias_above
        )
        width = self.scales[-1].state_width
        self.gain = nn.Parameter(torch.ones(1, width, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.out_net = nn.ModuleDict({"out_conv": convolution(width, num_parameters, 1)})

    def forward(self, activations, noise=None):
        """Parameters `(batch, num_parameters, H, W)`, and the KL `(batch, blocks)`, nats.

        Args:
            activations: the encoder's.
            noise: one tensor per block, or `None`.
        """
        kl, above = [], None
        for scale, start in zip(self.scales, self._starts(activations)):
            state = start
            if above is not None:
                factor = scale.height // above.shape[2]
                state = state + F.interpolate(above[:, : state.shape[1]], scale_factor=factor)
            for _ in range(scale.num_latents):
                i = len(kl)
                state, block_kl = self.dec_blocks[i](
                    state, activations[scale.height], None if noise is None else noise[i]
                )
                kl.append(block_kl)
            above = state
        parameters = self.out_net["out_conv"](above * self.gain + self.bias)
        return parameters, torch.stack(kl, dim=1)

    def _starts(self, activations):
        """What the state of each scale starts from: learned, or zeros above a size."""
        learned = {bias.shape[2]: bias for bias in self.bias_xs}
        for scale in self.scales:
            like = activations[scale.height]
            if scale.height in learned:
                yield learned[scale.height].repeat(like.shape[0], 1, 1, 1)
            else:
                yield torch.zeros_like(like)
