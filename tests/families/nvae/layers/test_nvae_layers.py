"""NVAE's layers: what every layer must do, and what each is for."""

import numpy as np
import pytest
from keras import ops

from hvae.families.nvae.layers.bilinear_upsampling import BilinearUpsampling
from hvae.families.nvae.layers.factorized_reduction import FactorizedReduction
from hvae.families.nvae.layers.nvae_decoder_cell import NVAEDecoderCell
from hvae.families.nvae.layers.nvae_encoder_cell import NVAEEncoderCell
from hvae.families.nvae.layers.squeeze_excitation import SqueezeExcitation
from hvae.layers.strided_convolution import StridedConvolution
from hvae.layers.weight_norm_convolution import WeightNormConvolution
from tests.harness import run_layer_test, variable_gradient


@pytest.mark.parametrize(
    ("layer_class", "arguments", "output_shape", "weight_count"),
    [
        (WeightNormConvolution, {"width": 6, "kernel_size": 3}, (2, 4, 6, 6), 3),
        (SqueezeExcitation, {}, (2, 4, 6, 8), 4),
        (SqueezeExcitation, {"ratio": 16, "min_channels": 4}, (2, 4, 6, 8), 4),
        (NVAEEncoderCell, {"width": 8, "se_ratio": 0}, (2, 4, 6, 8), 12),
        (NVAEDecoderCell, {"width": 8, "expansion": 3, "se_ratio": 0}, (2, 4, 6, 8), 19),
        (FactorizedReduction, {"width": 12}, (2, 2, 3, 12), 8),
        (FactorizedReduction, {"width": 12, "shifted": False}, (2, 2, 3, 12), 8),
        (BilinearUpsampling, {}, (2, 8, 12, 8), 0),
        (StridedConvolution, {"width": 6, "kernel_size": 5}, (2, 2, 3, 6), 2),
        (NVAEEncoderCell, {"width": 8}, (2, 4, 6, 8), 16),
        (NVAEEncoderCell, {"width": 16, "downsample": True}, (2, 2, 3, 16), 24),
        (NVAEDecoderCell, {"width": 8, "expansion": 3}, (2, 4, 6, 8), 23),
        (NVAEDecoderCell, {"width": 4, "upsample": True}, (2, 8, 12, 4), 25),
    ],
)
def test_it_is_a_layer(layer_class, arguments, output_shape, weight_count):
    run_layer_test(layer_class, arguments, (2, 4, 6, 8), output_shape, weight_count)


def to_numpy(value):
    return ops.convert_to_numpy(value)


def test_weight_norm_starts_as_the_convolution_of_its_direction(rng):
    layer = WeightNormConvolution(5, 3)
    layer.build((None, 4, 4, 3))
    np.testing.assert_allclose(to_numpy(layer.kernel), to_numpy(layer.direction), rtol=1e-5)
    layer.direction.assign(7.0 * layer.direction)
    layer.gain.assign(np.arange(5.0))
    lengths = np.sqrt((to_numpy(layer.kernel).astype("float64") ** 2).sum((0, 1, 2)))
    np.testing.assert_allclose(lengths, np.arange(5.0), rtol=1e-5)


def test_weight_norm_has_finite_gradients_where_the_direction_vanishes(rng):
    layer = WeightNormConvolution(5, 3)
    layer.build((None, 4, 4, 3))
    layer.direction.assign(np.zeros(layer.direction.shape))
    inputs = rng.standard_normal((2, 4, 4, 3)).astype("float32")
    slope = variable_gradient(lambda: ops.sum(ops.square(layer(inputs) + 1.0)), layer.direction)
    assert np.isfinite(to_numpy(slope)).all()


def test_strided_convolution_is_centred_on_the_even_pixels(rng):
    """Against the sum over a window of the image with one row and column of zeros around."""
    layer = StridedConvolution(2, 3)
    layer.build((None, 4, 6, 3))
    inputs = rng.standard_normal((2, 4, 6, 3)).astype("float32")
    padded = np.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]])
    kernel = to_numpy(layer.convolution.kernel)
    expected = [
        np.tensordot(padded[:, i : i + 3, j : j + 3], kernel, axes=3)
        for i in (0, 2)
        for j in (0, 2, 4)
    ]
    expected = np.stack(expected, axis=1).reshape(2, 2, 3, 2)
    np.testing.assert_allclose(to_numpy(layer(inputs)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shifted", [True, False])
def test_factorized_reduction_sees_every_pixel_only_if_shifted(rng, shifted):
    layer = FactorizedReduction(8, shifted)
    layer.build((None, 4, 4, 3))
    inputs = rng.standard_normal((1, 4, 4, 3)).astype("float32")
    before = to_numpy(layer(inputs))
    seen = []
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        changed = inputs.copy()
        changed[:, 2 + row, 2 + column] += 1.0
        difference = np.abs(to_numpy(layer(changed)) - before)
        assert not difference[:, 0].any() and not difference[:, :, 0].any()
        seen.append(bool(difference.any()))
    assert seen == ([True] * 4 if shifted else [True, False, False, False])


def test_bilinear_upsampling_keeps_the_corners_and_straight_lines():
    rows, columns = np.meshgrid(np.arange(3.0), np.arange(5.0), indexing="ij")
    image = (2 * rows - 3 * columns).astype("float32")[None, :, :, None]
    result = to_numpy(BilinearUpsampling()(image))[0, :, :, 0]
    rows, columns = np.meshgrid(np.linspace(0, 2, 6), np.linspace(0, 4, 10), indexing="ij")
    np.testing.assert_allclose(result, 2 * rows - 3 * columns, atol=1e-5)


def test_squeeze_excitation_gates_by_the_means_of_the_image(rng):
    layer = SqueezeExcitation()
    layer.build((None, 4, 4, 4))
    inputs = rng.standard_normal((3, 4, 4, 4)).astype("float32")
    hidden = np.maximum(0.0, inputs.mean((1, 2)) @ to_numpy(layer.squeeze.kernel))
    gate = 1 / (1 + np.exp(-hidden @ to_numpy(layer.excite.kernel)))
    np.testing.assert_allclose(
        to_numpy(layer(inputs)), inputs * gate[:, None, None], rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("cell_class", [NVAEEncoderCell, NVAEDecoderCell])
def test_a_cell_adds_a_tenth_of_its_path(rng, cell_class, monkeypatch):
    """With the path's gate halved, its part is halved too."""
    cell = cell_class(8)
    cell.build((None, 4, 4, 8))
    inputs = rng.standard_normal((2, 4, 4, 8)).astype("float32")
    gate, paths = cell.squeeze_excitation.call, []

    def recorded(path):
        paths.append(gate(path))
        return paths[-1]

    monkeypatch.setattr(cell.squeeze_excitation, "call", recorded)
    added = to_numpy(cell(inputs)) - inputs
    np.testing.assert_allclose(added, 0.1 * to_numpy(paths[0]), rtol=1e-3, atol=1e-6)
    bias = cell.squeeze_excitation.excite.bias
    cell.squeeze_excitation.excite.kernel.assign(np.zeros((4, 8)))
    path = to_numpy(cell(inputs)) - inputs  # gate 1/2
    bias.assign(np.full(8, 100.0))  # gate 1
    np.testing.assert_allclose(to_numpy(cell(inputs)) - inputs, 2 * path, rtol=1e-3, atol=1e-5)
    assert 0 < np.abs(added).max() < 1.0


@pytest.mark.parametrize("cell_class", [NVAEEncoderCell, NVAEDecoderCell])
def test_a_cell_that_keeps_the_size_keeps_the_width(cell_class):
    with pytest.raises(ValueError, match="width=6, input channels 8"):
        cell_class(6).build((None, 4, 4, 8))


def test_a_reduction_needs_a_multiple_of_four():
    with pytest.raises(ValueError, match="multiple of four. Received: width=6"):
        FactorizedReduction(6)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("batch", "side", "channels"), [(8, 64, 8), (1, 64, 12), (8, 32, 8), (4, 128, 16)]
)
def test_reduction_s_kernels_get_their_gradients_at_the_sizes_people_use(
    rng, batch, side, channels
):
    """As strided convolutions, they corrupted memory at the first and second of these."""
    import tensorflow as tf

    layer = FactorizedReduction(8)
    layer.build((None, side, side, channels))
    x = rng.standard_normal((batch, side, side, channels)).astype("float32")
    upstream = rng.standard_normal((batch, side // 2, side // 2, 8)).astype("float32")
    with tf.GradientTape() as tape:
        outputs = layer(x)
    kernels = [convolution.kernel.value for convolution in layer.convolutions]
    gradients = tape.gradient(outputs, kernels, tf.constant(upstream))
    x = x.astype("float64")
    activated = x / (1 + np.exp(-x))
    places = ((0, 0), (1, 1), (0, 1), (1, 0))
    for i, ((row, column), gradient) in enumerate(zip(places, gradients, strict=True)):
        read = activated[:, row::2, column::2]
        expected = np.einsum("bhwi,bhwo->io", read, upstream[..., 2 * i : 2 * i + 2])
        np.testing.assert_allclose(gradient[0, 0], expected, rtol=1e-4, atol=1e-2)
