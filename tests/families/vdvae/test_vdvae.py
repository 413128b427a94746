"""What follows from a VDVAE's configuration."""

import pytest

from hvae.families import get_family
from tests.conftest import tiny_config


@pytest.mark.parametrize(("size", "kernel"), [(128, 5), (64, 3), (2, 3)])
def test_both_ends_have_the_kernels_of_the_largest_scale(size, kernel):
    config = tiny_config(image_size=(size, size), increase_kernelsize=True)
    family = get_family(config)
    (stem,) = family.stem(config.scales[0])
    head = family.head(num_parameters=2)
    assert stem.kernel_size == head.output_layer.kernel_size == (kernel, kernel)
    assert head.blocks[0].kernel_size == config.scales[0].kernel_size


def test_kernels_are_larger_than_a_pixel_from_a_side_of_3_on():
    """As in openai/vdvae, "for 1x1, 2x2 patches" only they are not."""
    config = tiny_config(image_size=(12, 12), num_scales=4)
    assert [(s.height, s.kernel_size) for s in config.scales] == [(16, 3), (8, 3), (4, 3), (2, 1)]
    config = tiny_config(image_size=(12, 12), num_scales=3)
    assert [(s.height, s.kernel_size) for s in config.scales] == [(12, 3), (6, 3), (3, 3)]
