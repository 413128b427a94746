"""What the settings of NVAE mean."""

import numpy as np
import pytest
from keras import ops

from hvae.errors import UserError
from hvae.families.nvae.nvae_variant import NVAEVariant
from hvae.model import HVAE
from tests.conftest import efficient_config, lvae_config, nvae_config, tiny_config


def test_groups_have_the_latents_that_the_divisor_leaves_them():
    config = nvae_config(
        image_size=(32, 48),
        number_of_scales=3,
        initial_splits_per_scale=6,
        exponential_scaling=2,
        min_splits=2,
        channel_multiplier=3,
    )
    assert [str(scale) for scale in config.latent_scales] == (
        2 * ["4x6"] + 3 * ["8x12"] + 6 * ["16x24"]
    )
    widths = [scale.state_width for scale in config.latent_scales]
    assert widths == 2 * [4 * 27] + 3 * [4 * 9] + 6 * [4 * 3]


def test_images_are_padded_to_what_all_halvings_divide():
    assert nvae_config(image_size=(9, 12), number_of_scales=2).padded_size == (12, 12)


def test_cells_are_where_the_settings_put_them():
    config = nvae_config(
        num_cells_per_block_prepost=3, cells_per_split_enc=2, cells_per_input_dec=1
    )
    model = HVAE(config)
    # A convolution and three cells before the towers, the last of which halves the image.
    assert len(model.encoder.stem) == 4
    assert [cell.downsample for cell in model.encoder.stem[1:]] == [False, False, True]
    # The smaller group opens with a cell that halves.
    assert [len(cells) for cells in model.encoder.blocks] == [2, 2, 3]
    # From the top: across the sizes, then within the larger one.
    assert [[cell.upsample for cell in cells] for cells in model.decoder.joins] == [
        [True, False],
        [False],
    ]
    *cells, _, _ = model.decoder.head.chain
    assert [cell.upsample for cell in cells] == [False, False, True]


def test_flows_belong_to_the_posterior_or_to_the_decoder():
    for fixed in (False, True):
        model = HVAE(nvae_config(flow_type="iaf", num_flows=1, fixed_flows=fixed))
        for block in model.decoder.blocks:
            assert (block.flow is None) == fixed
            assert (block.variant.decoder_flow is None) != fixed


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"use_residual_distribution": True}, "use_residual_distribution: .* allowed: off"),
        ({"channel_towers": 3}, "channel_towers: .* divisible by 4. Received: 3 times 2"),
        ({"fixed_flows": True}, "fixed_flows: needs flow_type iaf. Received: flow_type none"),
        ({"flow_type": "iaf", "num_flows": (1, 2)}, "num_flows: needs 1 value or 3, .* 2 values"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        nvae_config(**changes)


def test_settings_of_the_first_code():
    """Widths of both towers, cells after them, squeeze and excitation, padding."""
    config = nvae_config(
        decoder_channel_towers=6,
        num_postprocess_cells=3,
        upsample_first=True,
        se_ratio=16,
        se_min_channels=4,
        min_padded_size=12,
    )
    assert config.padded_size == (12, 12)
    model = HVAE(config)
    largest = config.scales[0]
    assert (largest.state_width, largest.activation_width) == (12, 8)
    *cells, _, _ = model.decoder.head.chain
    assert [cell.upsample for cell in cells] == [True, False, False]
    assert [cell.width for cell in cells] == [6, 6, 6]
    assert cells[0].squeeze_excitation.squeeze.units == 4
    without = HVAE(nvae_config(se_ratio=0))
    assert without.encoder.stem[1].squeeze_excitation is None
    assert without.count_params() < HVAE(nvae_config()).count_params()


@pytest.mark.every_backend
def test_a_posterior_of_its_own_lacks_the_prior_s_parameters(rng):
    state, activation = (
        ops.convert_to_tensor(rng.standard_normal((1, 2, 2, width)).astype("float32"))
        for width in (4, 6)
    )
    residual, alone = (NVAEVariant(2, 4, 6, residual=value) for value in (True, False))
    for variant in (residual, alone):
        variant.build((None, 2, 2, 4))
    alone.set_weights(residual.get_weights())
    prior = residual.prior(state)
    outputs = [
        ops.convert_to_numpy(variant.posterior(state, activation, prior))
        for variant in (residual, alone)
    ]
    expected = ops.convert_to_numpy(prior.parameters)
    assert np.abs(expected).max() > 0.01
    np.testing.assert_allclose(outputs[0] - outputs[1], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("make", [tiny_config, efficient_config, nvae_config, lvae_config])
def test_images_of_every_family_can_be_padded_to_more(make):
    assert make(min_padded_size=16).padded_size == (16, 16)
    assert make().padded_size == (8, 8)
