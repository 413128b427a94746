"""The same weights, images and noise give the same numbers under every backend.

What is asked of a trained model, of a few models; `test_combinations.py` has one pass of many
under JAX and PyTorch. The backend of OpenVINO makes one pass of what those few have not.
"""

import pytest

from hvae.model import HVAE
from tests.backend_outputs import all_of_inference, assert_same, one_pass, outputs_under, save
from tests.conftest import lvae_config, nvae_config, randomize, tiny_config

# Without graphs: TensorFlow takes longer to trace a tiny model than to run it. A block more is more
# to compile for JAX and OpenVINO, and no other operation.
pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("op_by_op")]

OTHERS = ("jax", "torch", "openvino")
CONFIGS = {
    "vdvae, rgb": tiny_config(
        image_channels=3,
        levels=256,
        reconstruct_from="state",
        scale_join="nearest_bias",
        std_param="exp",
        mixture_scale="exp",
        b_act="gelu",
        stage_in_width=(8, 12),
        enc_num_blocks=(1, 0),
        dec_num_blocks=(2, 1),
    ),
    "aggregation, bernoulli": tiny_config(
        image_size=(7, 5),
        levels=2,
        likelihood="bernoulli",
        block_gn=True,
        depthwise=True,
        stage_in_width=16,
        enc_num_blocks=(0, 1),
        z_width=(2, 3),
    ),
    "nvae, rgb": nvae_config(
        image_size=(8, 12),
        image_channels=3,
        levels=256,
        likelihood="logistic_mixture",
        flow_type="iaf",
        num_flows=1,
    ),
}
OPENVINO_ALONE = {
    "orthogonal sylvester": tiny_config(
        flow_type="sylvester", num_flows=(1, 2), flow_in_ch=(2, 3), num_ortho_vecs=(4, 9)
    ),
    "convolutional sylvester": tiny_config(
        flow_type="conv_sylvester",
        num_flows=1,
        convsylv_channels=6,
        convsylv_flows_per_stage=(1, 2),
        convsylv_splitfirst=(1, 0),
    ),
    "attention": tiny_config(
        num_scales=3,
        image_size=(8, 12),
        stage_in_width=(8, 12, 12),
        dec_num_blocks=(2, 1, 1),
        use_depthwise_attention=True,
        query_width=3,
        num_queries=2,
    ),
    "lvae, odd size": lvae_config(image_size=(7, 10), nonlin="leakyrelu"),
}


def saved_with_outputs(configs, kind, folder):
    """What the models give under TensorFlow, by name; each is saved in its own folder."""
    outputs = {}
    for name, config in configs.items():
        model = randomize(HVAE(config), scale=0.15)
        save(model, folder / name)
        outputs[name] = kind(model)
    return outputs


@pytest.fixture(scope="module")
def under_tensorflow(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backends")
    return folder, saved_with_outputs(CONFIGS, all_of_inference, folder)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    return folder, saved_with_outputs(OPENVINO_ALONE, one_pass, folder)


@pytest.fixture(scope="module")
def under_openvino(under_tensorflow, alone):
    return outputs_under("openvino", all_of_inference, under_tensorflow[0], one_pass, alone[0])


@pytest.fixture(scope="module", params=OTHERS)
def pair(request, under_tensorflow):
    folder, expected = under_tensorflow
    if request.param == "openvino":
        return request.getfixturevalue("under_openvino"), expected
    return outputs_under(request.param, all_of_inference, folder), expected


@pytest.mark.parametrize("name", CONFIGS)
def test_same_numbers(pair, name):
    results, expected = pair
    assert_same(results[name], expected[name])


@pytest.mark.parametrize("name", OPENVINO_ALONE)
def test_openvino_makes_the_same_pass(under_openvino, alone, name):
    _, expected = alone
    assert_same(under_openvino[name], expected[name])
