"""The same weights, images and noise give the same numbers under every backend."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from hvae.settings import to_dict
from tests.conftest import lvae_config, nvae_config, tiny_config

pytestmark = pytest.mark.tensorflow

OTHERS = ("jax", "torch", "openvino")
CONFIGS = {
    "vdvae, rgb": tiny_config(
        image_channels=3,
        levels=256,
        num_scales=3,
        reconstruct_from="state",
        scale_join="nearest_bias",
        std_param="exp",
        mixture_scale="exp",
        b_act="gelu",
        stage_in_width=(8, 12, 16),
        dec_num_blocks=(2, 1, 1),
    ),
    "aggregation, bernoulli": tiny_config(
        image_size=(7, 5),
        levels=2,
        likelihood="bernoulli",
        block_gn=True,
        depthwise=True,
        stage_in_width=16,
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


def outputs(backend, folder, *options):
    out = folder / f"{backend}.npz"
    command = [sys.executable, "-m", "tests.backend_outputs"]
    command += [str(folder / "config.json"), str(folder / "model.weights.h5"), str(out), *options]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return np.load(out)


@pytest.fixture(scope="module", params=CONFIGS, ids=list(CONFIGS))
def under_tensorflow(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("backends")
    (folder / "config.json").write_text(json.dumps(to_dict(CONFIGS[request.param])))
    return folder, outputs("tensorflow", folder, "--write_weights")


@pytest.mark.parametrize("backend", OTHERS)
def test_same_numbers(under_tensorflow, backend):
    folder, expected = under_tensorflow
    result = outputs(backend, folder)
    assert set(result.files) == set(expected.files)
    for name in expected.files:
        if expected[name].dtype.kind in "iu":
            # Images: rounding to levels may fall differently in a pixel in thousands.
            assert (result[name] != expected[name]).mean() < 0.01, name
            continue
        largest = np.abs(expected[name]).max()
        assert np.abs(result[name] - expected[name]).max() <= 1e-5 * largest, name
