"""Outputs of every convolution after it has been initialised by a batch."""

import numpy as np
import pytest
from keras import layers, ops

from hvae.layers.weight_norm_convolution import WeightNormConvolution
from hvae.model import HVAE
from hvae.noise.draws import latent_noise
from hvae.training.data_dependent_init import data_dependent_init
from tests.conftest import nvae_config, random_images, tiny_config


@pytest.mark.parametrize("config", [tiny_config(), nvae_config()], ids=["vdvae", "nvae"])
def test_every_convolution_is_standard_on_the_batch(config):
    model = HVAE(config)
    images = random_images(config, 16)
    before = [ops.convert_to_numpy(w) for w in model.weights]
    data_dependent_init(model, images, seed=3)
    noise = latent_noise(model, range(16), seed=3)
    outputs = {}
    kinds = (layers.Conv2D, layers.DepthwiseConv2D, WeightNormConvolution)
    convolutions = [x for x in model._flatten_layers() if isinstance(x, kinds)]
    for layer in convolutions:
        record(layer, outputs)
    model(images, noise, training=True)
    assert len(outputs) == len(convolutions) > 10
    constant = 0
    for layer, output in outputs.items():
        std = output.std((0, 1, 2))
        constant += int((std < 1e-6).all())
        if std.max() > 1e-6:
            np.testing.assert_allclose(std, 1.0, rtol=2e-3)
            if layer.bias is not None:
                np.testing.assert_allclose(output.mean((0, 1, 2)), 0.0, atol=2e-3)
    # What starts as zero, as VDVAE's prior nets, stays zero.
    assert constant < len(outputs) / 2
    assert any(
        np.abs(a - ops.convert_to_numpy(b)).max() > 0.1 for a, b in zip(before, model.weights)
    )


def record(layer, outputs):
    call = layer.call

    def recorded(inputs):
        result = call(inputs)
        outputs[layer] = ops.convert_to_numpy(result).astype("float64")
        return result

    layer.call = recorded
