"""One latent block."""

import torch
from torch import nn

from benchmarks.training.plain_vdvae.bottleneck import Bottleneck, convolution


class DecoderBlock(nn.Module):
    """Prior, posterior, z, KL and next state.

    Args:
        scale: the `VDVAEScale` it is at.
        depth: number of latent blocks in the model.

    Reference:
        Child 2021, Figure 3.
    """

    def __init__(self, scale, depth):
        super().__init__()
        width, middle, z_width = scale.state_width, scale.dec_middle_width, scale.z_width
        kernel_size, path_scale = scale.kernel_size, depth**-0.5
        self.splits = (z_width, z_width, width)
        self.enc = Bottleneck(2 * width, middle, 2 * z_width, kernel_size)
        self.prior = Bottleneck(width, middle, 2 * z_width + width, kernel_size, last_scale=0.0)
        self.z_proj = convolution(z_width, width, 1, path_scale)
        self.resnet = Bottleneck(
            width, middle, width, kernel_size, is_residual=True, last_scale=path_scale
        )

    def forward(self, state, activation, noise=None):
        """The next state, and the KL in nats `(batch,)`.

        Args:
            state, activation: `(batch, width, height, width)`.
            noise: standard normal, `(batch, z_width, height, width)`; drawn if left out.
        """
        q_mean, q_log_std = self.enc(torch.cat([state, activation], dim=1)).chunk(2, dim=1)
        p_mean, p_log_std, residual = self.prior(state).split(self.splits, dim=1)
        noise = torch.randn_like(q_mean) if noise is None else noise
        z = q_mean + torch.exp(q_log_std) * noise
        variance_ratio = torch.exp(2 * (q_log_std - p_log_std))
        distance = (q_mean - p_mean) * torch.exp(-p_log_std)
        kl = p_log_std - q_log_std + 0.5 * (variance_ratio + distance**2 - 1)
        return self.resnet(state + residual + self.z_proj(z)), kl.sum(dim=(1, 2, 3))
