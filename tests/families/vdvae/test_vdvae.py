"""What follows from a VDVAE's configuration."""

import numpy as np
import pytest
from keras import ops

from hvae.families import get_family
from hvae.families.vdvae.layers.latent_aggregation_head import LatentAggregationHead
from tests.conftest import normal_noise, tiny_config

pytestmark = pytest.mark.tensorflow


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


def test_the_sum_of_latents_goes_through_a_convolution(rng):
    """As in swpenninga/hvae: Σ / √depth, 1×1, activation, and on; written out."""
    config = tiny_config(dec_num_blocks=(2, 1), output_blocks=0, z_out_width=5, b_act="relu")
    head = LatentAggregationHead(config, num_parameters=3)
    head.build()
    for weight in head.weights:
        weight.assign(rng.standard_normal(weight.shape))
    latents = normal_noise([(2, *scale.size, scale.z_width) for scale in config.latent_scales])
    total = 0.0
    for z, projection in zip(latents, head.projections, strict=True):
        kernel, bias = projection.get_weights()
        factor = 8 // z.shape[1]
        total = total + (z @ kernel[0, 0] + bias).repeat(factor, axis=1).repeat(factor, axis=2)
    assert total.shape[-1] == config.scales[0].state_width
    kernel, bias = head.features.get_weights()
    features = np.maximum(total / np.sqrt(3) @ kernel[0, 0] + bias, 0.0)
    expected = ops.convert_to_numpy(head.output_layer(features.astype("float32")))
    result = ops.convert_to_numpy(head(None, latents))
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)
