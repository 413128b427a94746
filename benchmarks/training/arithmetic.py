"""How much there is to compute, and how fast this machine can."""

from benchmarks.timing import seconds_of

#: Side of the square matrices whose product is the peak.
_SIDE = 2048
_PRODUCTS = 10


def convolution_flops(config, batch):
    """Multiplications and additions of all convolutions in an update, there and back.

    Counted by PyTorch, without computing: the shapes are those of our model.

    Args:
        config: a `ModelConfig` of which `plain_vdvae` is a model.
        batch: images.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from benchmarks.training.plain_vdvae import PlainVDVAE

    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        images = torch.empty(batch, *config.image_size, config.image_channels, dtype=torch.uint8)
        PlainVDVAE(config).loss(images).backward()
    return counter.get_total_flops()


def product_peak():
    """The most operations a second in a product of float32 matrices on all cores."""
    import torch

    a, b = torch.randn(2, _SIDE, _SIDE)
    return 2 * _SIDE**3 / min(seconds_of(lambda: a @ b) for _ in range(_PRODUCTS))
