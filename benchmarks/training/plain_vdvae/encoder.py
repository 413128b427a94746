"""Bottom-up."""

from torch import nn
from torch.nn import functional as F

from benchmarks.training.plain_vdvae.bottleneck import Bottleneck, convolution


class Encoder(nn.Module):
    """From the image to one activation for each scale that has blocks.

    Args:
        config: a `ModelConfig`.
    """

    def __init__(self, config):
        super().__init__()
        self.scales = [s for s in config.scales if s.enc_num_blocks + s.enc_pool_blocks]
        self.in_conv = convolution(config.image_channels, self.scales[0].state_width, 3)
        depth = sum(s.enc_num_blocks + s.enc_pool_blocks for s in self.scales)
        self.enc_blocks = nn.ModuleList(
            Bottleneck(
                s.state_width,
                s.enc_middle_width,
                s.state_width,
                s.kernel_size,
                is_residual=True,
                last_scale=depth**-0.5,
            )
            for s in self.scales
            for _ in range(s.enc_num_blocks + s.enc_pool_blocks)
        )

    def forward(self, x):
        """Activations by the height of their scale, for images `(batch, C, H, W)`."""
        x = self.in_conv(x)
        blocks = iter(self.enc_blocks)
        activations = {}
        for scale, smaller in zip(self.scales, [*self.scales[1:], None]):
            for _ in range(scale.enc_num_blocks):
                x = next(blocks)(x)
            activations[scale.height] = x
            for _ in range(scale.enc_pool_blocks):
                x = next(blocks)(x)
            if smaller is not None:
                x = F.avg_pool2d(x, scale.height // smaller.height)
                if smaller.state_width > x.shape[1]:
                    # The new channels start from zeros.
                    x = F.pad(x, (0, 0, 0, 0, 0, smaller.state_width - x.shape[1]))
        return activations
