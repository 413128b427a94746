"""The flows of a 16x16 model before and after training, at every scale, under every backend."""

import numpy as np
import pytest
from keras import ops

from tests.backend_outputs import run_under
from tests.flows.flow_outputs import STAGES, flows_of, models_of, outputs_of
from tests.flows.flow_training import FLOWS, SIZES
from tests.flows.harness import log_dets

pytestmark = pytest.mark.tensorflow

#: Draws of one image's KL.
SAMPLES = 4096


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folder with a model of each flow, before and after training, and inputs of its flows."""
    folder = tmp_path_factory.mktemp("flows")
    # Which trains without a graph, or programs to compile.
    run_under("torch", "tests.flows.flow_training", folder)
    return folder


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
    if request.param != "torch":
        run_under(request.param, "tests.flows.flow_outputs", models, out)
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
