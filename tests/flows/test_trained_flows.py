"""The flows of a 32x32 model before and after training, at every scale, under every backend."""

import contextlib
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from data.load import load_splits
from hvae.configuration.settings import to_dict
from hvae.model import HVAE
from tests.conftest import tiny_config
from tests.flows.flow_outputs import SAMPLES, STAGES

pytestmark = pytest.mark.tensorflow

UPDATES, BATCH_SIZE = 300, 4
FLOWS = {
    "sylvester": {"num_flows": 1, "flow_in_ch": 2, "num_ortho_vecs": 4},
    "conv_sylvester": {
        "num_flows": 1,
        "convsylv_channels": 4,
        "convsylv_stage_limit": (1, 1, 2, 1, 1, 1),
    },
}
SIZES = (32, 16, 8, 4, 2, 1)


def flow_config(name):
    return tiny_config(
        image_size=(32, 32),
        num_scales=len(SIZES),
        stage_in_width=4,
        enc_middle_width=4,
        dec_middle_width=4,
        z_width=(1, 1, 1, 2, 2, 2),
        enc_num_blocks=0,
        output_blocks=0,
        z_out_width=4,
        flow_type=name,
        **FLOWS[name],
    )


@contextlib.contextmanager
def graphs_left_as_they_are():
    """Improving the graph of one update takes longer than the updates that gain from it."""
    from tensorflow import config

    before = config.optimizer.get_experimental_options()
    config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        config.optimizer.set_experimental_options({"disable_meta_optimizer": False, **before})


def train(model, images, updates):
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    config = TrainingConfig(batch_size=BATCH_SIZE, epochs=1, learning_rate=0.01, use_ema=False)
    trainer = Trainer(model, config, updates, jit=False)
    rng = np.random.default_rng(0)
    with graphs_left_as_they_are():
        for _ in range(updates):
            result = trainer.train_batch(images[rng.integers(len(images), size=BATCH_SIZE)])
            assert not result.skipped


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folder with a model of each flow, before and after training."""
    folder = tmp_path_factory.mktemp("flows")
    images = np.kron(load_splits("digits").train, np.ones((1, 4, 4, 1), "uint8"))
    np.save(folder / "images.npy", images[:20])
    for name in FLOWS:
        keras.utils.set_random_seed(0)
        model = HVAE(flow_config(name))
        (folder / f"{name}.json").write_text(json.dumps(to_dict(model.config)))
        model.save_weights(folder / f"{name}_initial.weights.h5")
        train(model, images, UPDATES)
        model.save_weights(folder / f"{name}_trained.weights.h5")
    return folder


@pytest.fixture(scope="module", params=["tensorflow", "jax", "torch"])
def outputs(request, models):
    out = models / f"{request.param}.npz"
    command = [sys.executable, "-m", "tests.flows.flow_outputs", str(models), str(out)]
    if request.param == "tensorflow":
        command.append("--with_kl")
    environment = {**os.environ, "KERAS_BACKEND": request.param}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return np.load(out)


@pytest.fixture(params=[f"{name}/{stage}" for name in FLOWS for stage in STAGES])
def results(request, outputs):
    """What is known of each scale's flow: a dictionary from quantities to arrays."""
    quantities = ("log_det", "expected_log_det", "inverse_error", "change")
    return {
        size: {name: outputs[f"{request.param}/{size}x{size}/{name}"] for name in quantities}
        for size in SIZES
    }


def test_log_det_is_that_of_the_automatic_jacobian(results):
    for size, values in results.items():
        expected = values["expected_log_det"]
        error = np.abs(values["log_det"] - expected) / np.maximum(1.0, np.abs(expected))
        assert len(error) >= 20 and error.max() <= 1e-4, size


def test_the_inverse_takes_back(results):
    for size, values in results.items():
        assert values["inverse_error"].max() <= 1e-4, size


@pytest.mark.parametrize("outputs", ["tensorflow"], indirect=True)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FLOWS)
def test_the_kl_of_a_trained_flow_is_not_negative(outputs, name, size):
    for quantity in ("kl", "log_ratio"):
        kl = outputs[f"{name}/trained/{size}x{size}/{quantity}"]
        assert len(kl) == SAMPLES
        assert kl.mean() >= -3.0 * kl.std() / np.sqrt(SAMPLES)


def test_flows_start_as_the_identity_and_have_learnt(results, request):
    is_trained = "trained" in request.node.name
    for size, values in results.items():
        if is_trained:
            assert values["change"].max() > 0.01, size
            assert np.abs(values["expected_log_det"]).max() > 0.01, size
        else:
            assert values["change"].max() <= 1e-4, size
