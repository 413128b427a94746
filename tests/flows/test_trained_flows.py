"""The flows of a 16x16 model before and after training, at every scale, under every backend."""

import json
import os
import subprocess
import sys
from unittest import mock

import keras
import numpy as np
import pytest
from keras import ops

from data.load import load_splits
from hvae.configuration.settings import to_dict
from hvae.latents.latent_block import LatentBlock
from hvae.model import HVAE
from tests.backend_outputs import write_weights
from tests.conftest import normal_noise, tiny_config
from tests.flows.flow_outputs import STAGES, flows_of, models_of, outputs_of
from tests.flows.harness import log_dets, random_latents

pytestmark = pytest.mark.tensorflow

UPDATES, BATCH_SIZE = 80, 4
FLOWS = {
    "sylvester": {"num_flows": 1, "flow_in_ch": 2, "num_ortho_vecs": 4},
    "conv_sylvester": {
        "num_flows": 1,
        "convsylv_channels": 4,
        "convsylv_stage_limit": (1, 1, 2, 1, 1),
    },
}
SIZES = (16, 8, 4, 2, 1)
#: Inputs of a flow: so many random ones, up to ±30, and so many samples of the posterior.
RANDOM, DRAWN = 16, 4
#: Draws of one image's KL.
SAMPLES = 4096


def flow_config(name):
    return tiny_config(
        image_size=(16, 16),
        num_scales=len(SIZES),
        stage_in_width=4,
        enc_middle_width=4,
        dec_middle_width=4,
        z_width=(1, 1, 2, 2, 2),
        enc_num_blocks=0,
        output_blocks=0,
        z_out_width=4,
        flow_type=name,
        **FLOWS[name],
    )


def train(model, images, updates):
    from hvae.training.config import TrainingConfig
    from hvae.training.trainer import Trainer

    config = TrainingConfig(batch_size=BATCH_SIZE, epochs=1, learning_rate=0.03, use_ema=False)
    trainer = Trainer(model, config, updates, jit=False)
    rng = np.random.default_rng(0)
    for _ in range(updates):
        result = trainer.train_batch(images[rng.integers(len(images), size=BATCH_SIZE)])
        assert not result.skipped


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folder with a model of each flow, before and after training, and inputs of its flows."""
    folder = tmp_path_factory.mktemp("flows")
    images = np.kron(load_splits("digits").train, np.ones((1, 2, 2, 1), "uint8"))
    for name in FLOWS:
        keras.utils.set_random_seed(0)
        model = HVAE(flow_config(name))
        (folder / f"{name}.json").write_text(json.dumps(to_dict(model.config)))
        write_weights(model, folder / f"{name}_initial.npz")
        train(model, images, UPDATES)
        write_weights(model, folder / f"{name}_trained.npz")
    inputs = {}
    for name, model in models_of(folder):
        for scale, given in zip(model.config.latent_scales, given_to_blocks(model, images[:20])):
            drawn, state, activation = given
            z = np.concatenate([random_latents(drawn.shape[1:], RANDOM), drawn[RANDOM:]])
            inputs[f"{name}/{scale}/z"] = z
            inputs[f"{name}/{scale}/features"] = np.concatenate([state, activation], axis=-1)
    np.savez(folder / "inputs.npz", **inputs)
    return folder


def given_to_blocks(model, images):
    """Samples of the posterior, state and activation of each block, for these images."""
    draw, found = LatentBlock._draw, []

    def recorded(block, q, p, noise, state, activation):
        given = (q.sample(noise), state, activation)
        found.append(tuple(ops.convert_to_numpy(value) for value in given))
        return draw(block, q, p, noise, state, activation)

    with mock.patch.object(LatentBlock, "_draw", recorded):
        model(images, normal_noise(model.noise_shapes(len(images))))
    return found


@pytest.fixture(scope="module")
def expected_log_dets(models):
    """From the automatic Jacobian: `{NAME/STAGE/HEIGHTxWIDTH: (batch,)}`."""
    inputs, results = np.load(models / "inputs.npz"), {}
    for prefix, flow, flow_context in flows_of(models):
        features = inputs[f"{prefix}/features"]
        context = None if flow_context is None else ops.convert_to_numpy(flow_context(features))
        results[prefix] = log_dets(flow, inputs[f"{prefix}/z"], context)
    return results


@pytest.fixture(scope="module", params=["tensorflow", "jax", "torch"])
def outputs(request, models):
    if request.param == "tensorflow":
        return outputs_of(models)
    out = models / f"{request.param}.npz"
    command = [sys.executable, "-m", "tests.flows.flow_outputs", str(models), str(out)]
    environment = {**os.environ, "KERAS_BACKEND": request.param}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return np.load(out)


@pytest.fixture(params=[f"{name}/{stage}" for name in FLOWS for stage in STAGES])
def results(request, outputs, expected_log_dets):
    """What is known of each scale's flow: a dictionary from quantities to arrays."""
    results = {}
    for size in SIZES:
        prefix = f"{request.param}/{size}x{size}"
        quantities = ("log_det", "inverse_log_det", "inverse_error", "change")
        values = {name: outputs[f"{prefix}/{name}"] for name in quantities}
        results[size] = {**values, "expected_log_det": expected_log_dets[prefix]}
    return results


def test_log_det_is_that_of_the_automatic_jacobian(results):
    """That of TensorFlow, under every backend: weights and inputs are the same."""
    for size, values in results.items():
        expected = values["expected_log_det"]
        error = np.abs(values["log_det"] - expected) / np.maximum(1.0, np.abs(expected))
        assert len(error) >= 20 and error.max() <= 1e-4, size


def test_the_inverse_takes_back(results):
    for size, values in results.items():
        assert values["inverse_error"].max() <= 1e-4, size
        log_det = values["log_det"]
        error = np.abs(log_det + values["inverse_log_det"]) / np.maximum(1.0, np.abs(log_det))
        assert error.max() <= 1e-4, size


@pytest.fixture(scope="module")
def sampled_kl(models):
    """`kl` and `log_ratio` of one image with trained flows, `(SAMPLES,)` each."""
    inputs, rng, results = np.load(models / "inputs.npz"), np.random.default_rng(2), {}
    for name, model in models_of(models):
        if not name.endswith("trained"):
            continue
        for scale, block in zip(model.config.latent_scales, model.decoder.blocks):
            features = inputs[f"{name}/{scale}/features"][:1]
            state, activation = np.split(features, [scale.state_width], axis=-1)
            results[name.split("/")[0], scale.height] = _sampled_kl(block, state, activation, rng)
    return results


def _sampled_kl(block, state, activation, rng):
    # As many at once as a 16x16 latent has room for: small ones cost by the operation.
    at_once = min(SAMPLES, 1024 * 16 * 16 // (state.shape[1] * state.shape[2]))
    state, activation = (np.repeat(value, at_once, axis=0) for value in (state, activation))
    sums = {"kl": [], "log_ratio": []}
    for _ in range(SAMPLES // at_once):
        noise = rng.standard_normal((*state.shape[:3], block.variant.z_width)).astype("float32")
        output = block(state, noise, activation=activation).latent
        for name, values in sums.items():
            value = ops.convert_to_numpy(getattr(output, name))
            values.append(value.sum(axis=(1, 2, 3), dtype="float64"))
    return {name: np.concatenate(values) for name, values in sums.items()}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FLOWS)
def test_the_kl_of_a_trained_flow_is_not_negative(sampled_kl, name, size):
    for kl in sampled_kl[name, size].values():
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
