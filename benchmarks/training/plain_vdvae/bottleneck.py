"""The residual block of VDVAE."""

from torch import nn
from torch.nn import functional as F


class Bottleneck(nn.Module):
    """GELU before each of four convolutions: 1×1, two k×k, 1×1.

    Args:
        in_width, middle_width, out_width: channels.
        kernel_size: side k of the middle convolutions.
        is_residual: whether the input is added to the result.
        last_scale: factor on the initial weights of the last convolution.

    Reference:
        Child 2021, Figure 3.
    """

    def __init__(
        self, in_width, middle_width, out_width, kernel_size, is_residual=False, last_scale=1.0
    ):
        super().__init__()
        self.is_residual = is_residual
        self.c1 = convolution(in_width, middle_width, 1)
        self.c2 = convolution(middle_width, middle_width, kernel_size)
        self.c3 = convolution(middle_width, middle_width, kernel_size)
        self.c4 = convolution(middle_width, out_width, 1, last_scale)

    def forward(self, x):
        y = x
        for layer in (self.c1, self.c2, self.c3, self.c4):
            y = layer(F.gelu(y))
        return x + y if self.is_residual else y


def convolution(in_width, out_width, kernel_size, scale=1.0):
    """A convolution that keeps the size, without bias at the start.

    Args:
        in_width, out_width: channels.
        kernel_size: side of the kernel, odd.
        scale: factor on PyTorch's initial weights.
    """
    layer = nn.Conv2d(in_width, out_width, kernel_size, padding=kernel_size // 2)
    nn.init.zeros_(layer.bias)
    layer.weight.data *= scale
    return layer
