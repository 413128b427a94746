import pytest

from hvae.errors import UserError
from hvae.published.openai_vdvae.block_strings import expand_block_strings

IMAGENET64 = {
    "enc_blocks": "64x11,64d2,32x20,32d2,16x9,16d2,8x8,8d2,4x7,4d4,1x5",
    "dec_blocks": "1x2,4m1,4x3,8m4,8x7,16m8,16x15,32m16,32x31,64m32,64x12",
}


def test_lists_run_from_the_largest_scale():
    values = expand_block_strings({"z_width": 16, **IMAGENET64})
    assert values == {
        "z_width": 16,
        "image_size": [64, 64],
        "num_scales": 7,
        "enc_num_blocks": [11, 20, 9, 8, 7, 0, 5],
        "enc_pool_blocks": [1, 1, 1, 1, 1, 0, 0],
        "dec_num_blocks": [13, 32, 16, 8, 4, 0, 2],
    }


def test_custom_widths_keep_the_ratio_of_the_middle_widths():
    values = expand_block_strings(
        {
            "stage_in_width": [16],
            "enc_middle_width": 4,
            "dec_middle_width": 4,
            "enc_blocks": "8x1,8d2,4d4,1x1",
            "dec_blocks": "1x1,4m1,8m4",
            "custom_width_str": "4:32,1:64",
        }
    )
    # The 2x2 scale has no blocks.
    assert values["stage_in_width"] == [16, 32, 64, 64]
    assert values["enc_middle_width"] == values["dec_middle_width"] == [4, 8, 16, 16]


def test_a_scale_that_only_pools_has_its_width():
    values = expand_block_strings(
        {
            "stage_in_width": 8,
            "enc_middle_width": 4,
            "dec_middle_width": 4,
            "enc_blocks": "64x1,64d2,32d2,16x1",
            "dec_blocks": "16x1,64m16",
            "custom_width_str": "32:16,16:24",
        }
    )
    assert values["stage_in_width"] == [8, 16, 24]
    assert values["enc_pool_blocks"] == [1, 1, 0] and values["dec_num_blocks"] == [1, 0, 1]


@pytest.mark.parametrize(
    ("dec_blocks", "counts"),
    [
        ("1x1,4m1,16m4,64m4", [1, 0, 1, 0, 1, 0, 1]),
        ("1x1,4x1,64m4", [1, 0, 0, 0, 1, 0, 1]),
        ("64x1,1x1,64m1", [2, 0, 0, 0, 0, 0, 1]),
        ("1x1,64m1,4m1,64m4,64m4", [3, 0, 0, 0, 1, 0, 1]),
    ],
)
def test_an_order_of_its_own_is_kept(dec_blocks, counts):
    values = expand_block_strings({**IMAGENET64, "dec_blocks": dec_blocks})
    assert values["dec_num_blocks"] == counts
    assert values["dec_steps"] == dec_blocks


def test_values_without_strings_stay_as_they_are():
    assert expand_block_strings({"z_width": 3}) == {"z_width": 3}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"enc_blocks": "64y2"}, "enc_blocks: parts look like 32x2 or 32d2. Received: '64y2'"),
        ({"dec_blocks": "1xtwo"}, "dec_blocks: parts look like 32x2 or 32m2. Received: '1xtwo'"),
        ({"dec_blocks": "3x1,64m3"}, "enc_blocks give activations of 64 32 16 8 4 1. Received: 3"),
        ({"dec_blocks": "1x1,2m1,64m2"}, "enc_blocks give activations of .*. Received: 2m1"),
        ({"dec_blocks": "1x1,32m1"}, "dec_blocks: needs a block at 64, the size of the images"),
        ({"dec_blocks": "4x1,64m4"}, "enc_blocks: must end at the smallest size of dec_blocks, 4"),
        ({"dec_blocks": "1x1,64m1m4"}, "parts look like 32x2 or 32m2. Received: '64m1m4'"),
        ({"enc_blocks": "64x1,32x1"}, "blocks of 32 must stand .* Received: 32 where it is 64x64"),
        ({"enc_blocks": "64x1,64d2,16x1"}, "Received: 16 where it is 32x32"),
        ({"enc_blocks": "64d3"}, "pooling is by powers of 2 .* Received: 64d3"),
        ({"custom_width_str": "64:16"}, "the largest size has stage_in_width, 8. Received: 64:16"),
        ({"custom_width_str": "32:16"}, "16 must be as wide as the larger sizes, 16. Received: 8"),
        ({"enc_blocks": "64x1,-3x1"}, "sizes and numbers start at 1. Received: '-3x1'"),
        ({"image_size": [128, 128]}, "the largest size must be .*, 128. Received: 64"),
        ({"enc_num_blocks": [3]}, "enc_num_blocks: enc_blocks and dec_blocks say it already"),
        ({"custom_width_str": "4=3"}, "custom_width_str"),
    ],
)
def test_mistakes(changes, message):
    with pytest.raises(UserError, match=message):
        expand_block_strings({"stage_in_width": 8, **IMAGENET64, **changes})


def test_one_string_alone():
    with pytest.raises(UserError, match="enc_blocks and dec_blocks go together"):
        expand_block_strings({"enc_blocks": "32x1"})
