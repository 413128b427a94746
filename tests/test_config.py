import dataclasses

import pytest

from hvae.config import ModelConfig
from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.families import CONFIGS
from hvae.families.vdvae import VDVAEConfig
from tests.conftest import lvae_config, tiny_config


@pytest.mark.parametrize("config", [tiny_config(z_width=(3, 5)), lvae_config(zdims=(2, 5))])
def test_round_trip(config):
    again = ModelConfig.from_dict(to_dict(config))
    assert again == config and type(again) is type(config)


@pytest.mark.parametrize("family", CONFIGS.names())
def test_a_family_has_the_common_fields_and_its_own_and_no_others(family):
    config_class = CONFIGS[family]
    groups = {field.metadata["group"] for field in dataclasses.fields(config_class)}
    assert groups == {"model", family, "flow", "attention", "training"}
    assert to_dict(config_class())["model_family"] == family


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"zdims": [5, 5, 5]}, "^zdims: only model_family lvae reads it. Received: .* vdvae$"),
        (
            {"model_family": "lvae", "z_width": [3]},
            "^z_width: only model_family vdvae reads it. Received: model_family lvae$",
        ),
        (
            {"model_family": "resnet"},
            "^model_family: allowed are efficient_vdvae, lvae, .*Received: resnet$",
        ),
    ],
)
def test_fields_of_other_families_are_refused_with_their_family(values, message):
    with pytest.raises(UserError, match=message):
        ModelConfig.from_dict(values)


@pytest.mark.parametrize(
    ("image_size", "num_scales", "padded", "smallest"),
    [
        ((32, 32), 0, (32, 32), "1x1"),
        ((28, 28), 0, (32, 32), "1x1"),
        ((8, 8), 2, (8, 8), "4x4"),
        ((48, 40), 4, (48, 40), "6x5"),
        ((30, 20), 3, (32, 20), "8x5"),
        ((5, 64), 0, (8, 64), "1x8"),
        ((1, 1), 0, (1, 1), "1x1"),
    ],
)
def test_scales_of_any_image(image_size, num_scales, padded, smallest):
    config = VDVAEConfig(image_size=image_size, num_scales=num_scales)
    assert config.padded_size == padded
    assert str(config.scales[0]) == f"{padded[0]}x{padded[1]}"
    assert str(config.scales[-1]) == smallest
    for larger, smaller in zip(config.scales, config.scales[1:]):
        assert larger.size == (2 * smaller.height, 2 * smaller.width)


def test_lists_run_from_the_largest_scale_and_latents_from_the_smallest():
    config = VDVAEConfig(image_size=(8, 8), dec_num_blocks=(4, 0, 2, 1), z_width=(1, 2, 3, 4))
    assert [s.z_width for s in config.scales] == [1, 2, 3, 4]
    assert [str(s) for s in config.latent_scales] == ["1x1"] + ["2x2"] * 2 + ["8x8"] * 4


def test_kernels_are_one_below_four_and_grow_if_asked():
    plain, growing = (
        VDVAEConfig(image_size=(1024, 1024), increase_kernelsize=i) for i in (False, True)
    )
    assert [s.kernel_size for s in plain.scales] == [3] * 9 + [1, 1]
    assert [s.kernel_size for s in growing.scales] == [13, 11, 7, 5, 3, 3, 3, 3, 3, 1, 1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"z_width": (1, 2, 3)}, "z_width: needs 1 value or 2, .* Received: 3 values, 1 2 3"),
        ({"b_act": "rellu"}, "b_act: allowed are elu, .*Received: rellu"),
        ({"z_width": "wide"}, "z_width: must be a whole number. Received: 'wide'"),
        ({"z_width": 2.5}, "z_width: must be a whole number. Received: 2.5"),
        ({"z_width": 0}, "z_width: must be at least 1. Received: 0"),
        ({"z_width": []}, "z_width: needs at least one value"),
        ({"block_gn": 1}, "block_gn: must be true or false. Received: 1"),
        (
            {"block_gn": True, "stage_in_width": 12},
            "stage_in_width: .*divisible by 8.* Received: 12",
        ),
        ({"num_scales": 9}, "num_scales: images of 8x8 allow at most 4 scales. Received: 9"),
        ({"dec_num_blocks": (1, 0)}, "dec_num_blocks: the smallest scale needs a block"),
        ({"image_channels": 2}, "image_channels: allowed are 1, 3. Received: 2"),
        (
            {"gradient_smoothing": 0.0},
            "gradient_smoothing: must be greater than 0.0. Received: 0.0",
        ),
        ({"gradient_smoothing": float("nan")}, "gradient_smoothing: must be a finite number"),
        ({"gradient_smoothing": float("inf")}, "gradient_smoothing: must be a finite number"),
        ({"z_width": 10**400}, "z_width: must be a finite number"),
        (
            {"flow_type": "planar"},
            "flow_type: allowed are none, conv_sylvester, iaf, .* Received: planar",
        ),
        ({"flow_type": "iaf"}, "num_flows: flow_type iaf needs at least 1. Received: 0"),
        ({"num_flows": 2}, "num_flows: flow_type none needs 0. Received: 2"),
        (
            {"use_depthwise_attention": True, "num_scales": 1},
            "use_depthwise_attention: needs at least 2 scales. Received: 1",
        ),
        ({"query_width": 0}, "query_width: must be at least 1. Received: 0"),
        ({"num_queries": 0}, "num_queries: must be at least 1. Received: 0"),
        ({"image_size": (8,)}, "image_size: must be a height and a width"),
    ],
)
def test_impossible_values_are_refused(changes, message):
    with pytest.raises(UserError, match=message):
        tiny_config(**changes)


def test_unknown_keys_are_refused_with_the_nearest_known():
    with pytest.raises(UserError, match="unknown key z_widht; did you mean z_width?"):
        ModelConfig.from_dict({"z_widht": 8})


def test_numbers_that_yaml_reads_as_text_are_numbers():
    assert tiny_config(min_log_scale="-5e0").min_log_scale == -5.0


def test_configurations_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny_config().z_width = (4,)
