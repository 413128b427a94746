"""The published step, the determinant, the inverse, and the start."""

import functools
import random

import keras
import numpy as np
import pytest
from keras import ops

from hvae.flows.posterior.sylvester import OrthogonalSylvesterFlow
from hvae.flows.sylvester.sylvester_step import SylvesterStep
from tests.conftest import assign
from tests.flows.harness import check_inverse, log_dets
from tests.harness import compiled, gradient

CONTEXT_WIDTH = 3
# (height, width, channels), and columns: fewer than the latent has variables, or more.
SIZES = {"pixel": ((1, 1, 16), 5), "image": ((4, 4, 3), 8), "less": ((1, 2, 2), 9)}


@pytest.fixture(scope="module", params=SIZES.values(), ids=SIZES)
def built(request):
    return make_flow(*request.param)


@pytest.fixture
def flow(built):
    return randomized(built)


def make_flow(shape, columns, num_flows=2, **arguments):
    random.seed(1)
    flow = OrthogonalSylvesterFlow(num_flows, columns, CONTEXT_WIDTH, **arguments)
    flow.build((None, *shape))
    flow.shape = shape
    return flow


def randomized(flow, scale=0.7):
    rng = np.random.default_rng(2)
    for weight in flow.weights:
        assign(weight, scale * rng.standard_normal(weight.shape))
    return flow


def inputs(shape, count=20, largest=30.0):
    """Latents, the last of them with a variable of ±`largest`, and contexts."""
    rng = np.random.default_rng(1)
    z = rng.standard_normal((count, *shape)).astype("float32")
    factors = np.linspace(0.1, largest, count) / np.abs(z).max(axis=(1, 2, 3))
    z *= factors[:, None, None, None].astype("float32")
    context = rng.standard_normal((count, *shape[:2], CONTEXT_WIDTH)).astype("float32")
    return z, context


def to_numpy(value):
    return ops.convert_to_numpy(value)


def run(flow, z, context):
    """The flow's output."""
    return output_and_steps(flow)(z, context)[0]


@functools.cache  # a flow comes with other weights too
def output_and_steps(flow):
    """The function (z, context) → the flow's output and its steps, as one program."""
    return compiled(lambda z, h: (flow(z, context=h), flow._steps(h)), flow)


def test_one_step_is_the_published_one(golden):
    d = golden("distributions_and_flows.npz")
    names = ("r1", "r2", "q", "b")
    r1, r2, q, b = (ops.convert_to_tensor(d[f"sylvester_{name}"]) for name in names)
    z = ops.convert_to_tensor(d["sylvester_z"])
    step = SylvesterStep(r1, r2, q, b[:, 0])
    there, log_det = compiled(step.forward)(z)
    np.testing.assert_allclose(to_numpy(there), d["sylvester_z_out"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(to_numpy(log_det), d["sylvester_logdet"], rtol=1e-5, atol=1e-5)
    back, back_log_det = compiled(step.inverse)(there)
    np.testing.assert_allclose(to_numpy(back), d["sylvester_z"], atol=1e-5)
    np.testing.assert_allclose(to_numpy(back_log_det), -d["sylvester_logdet"], rtol=1e-5, atol=1e-5)


def test_log_det_is_that_of_the_automatic_jacobian(flow):
    z, context = inputs(flow.shape)
    expected = log_dets(flow, z, context)
    found = to_numpy(run(flow, z, context).log_det)
    assert (np.abs(found - expected) <= 1e-4 * np.maximum(1.0, np.abs(expected))).all()
    assert np.abs(expected).max() > 0.5


def test_the_inverse_takes_back(flow):
    z, context = inputs(flow.shape)
    there = check_inverse(flow, z, context)
    assert (largest_of(there.z - z) > 0.1).all()


def largest_of(z):
    return np.abs(z).max(axis=(1, 2, 3))


@pytest.mark.parametrize("scale", [0.0, 1e-20, 1.0, 1e3, 1e6])
def test_columns_are_orthonormal_and_the_determinant_positive_for_all_weights(flow, scale):
    randomized(flow, scale)
    output, steps = output_and_steps(flow)(*map(ops.convert_to_tensor, inputs(flow.shape)))
    assert np.isfinite(to_numpy(output.log_det)).all()
    for step in steps:
        q, r1, r2 = (to_numpy(x) for x in (step.q, step.r1, step.r2))
        assert q.shape[1:] == (flow.size, min(flow.num_ortho_vecs, flow.size))
        assert np.abs(np.swapaxes(q, 1, 2) @ q - np.eye(q.shape[2])).max() < 1e-5
        np.testing.assert_array_equal(np.tril(r1, -1), 0.0)
        np.testing.assert_array_equal(np.tril(r2, -1), 0.0)
        diagonals = np.diagonal(r1, axis1=1, axis2=2) * np.diagonal(r2, axis1=1, axis2=2)
        assert (1.0 + diagonals).min() > 0.09


def test_each_entry_of_the_triangles_has_a_weight_of_its_own():
    flow = make_flow((1, 1, 7), columns=4, num_flows=1)
    entries = np.arange(1.0, 11.0, dtype="float32")[None] / 100
    matrix = to_numpy(flow._triangular(ops.convert_to_tensor(entries)))[0, 0]
    np.fill_diagonal(matrix, np.arctanh(np.diagonal(matrix) / 0.95))
    found = np.sort(matrix[np.triu_indices(4)])
    np.testing.assert_allclose(found, entries[0], rtol=1e-5)


def test_it_starts_as_the_identity_and_learns():
    flow = make_flow((4, 4, 3), columns=8)
    z, context = inputs(flow.shape)
    output, steps = output_and_steps(flow)(*map(ops.convert_to_tensor, (z, context)))
    np.testing.assert_allclose(to_numpy(output.z), z, atol=1e-6)
    np.testing.assert_allclose(to_numpy(output.log_det), 0.0, atol=1e-6)
    columns = to_numpy(steps[0].q)
    # No column stays at one variable of one pixel.
    assert np.abs(columns).max(axis=1).mean() < 0.8
    flow.r1_net.kernel.assign(0.1 + 0.0 * flow.r1_net.kernel)
    slope = gradient(lambda h: ops.sum(ops.multiply(flow(z, context=h).z, z)), context)
    assert np.isfinite(slope).all() and np.abs(slope).max() > 0


def test_it_says_that_it_needs_a_context():
    flow = make_flow((1, 1, 2), columns=1)
    z = np.zeros((1, 1, 1, 2), "float32")
    for direction in (flow.call, flow.inverse):
        with pytest.raises(ValueError, match="must have 3 channels. Received: context=None"):
            direction(ops.convert_to_tensor(z))


def test_it_comes_back_from_its_configuration(flow):
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(flow))
    if not copy.built:
        copy.build((None, *flow.shape))
    copy.set_weights(flow.get_weights())
    z, context = inputs(flow.shape)
    results = [to_numpy(run(f, z, context).z) for f in (flow, copy)]
    np.testing.assert_array_equal(*results)


def test_it_stays_float32_under_mixed_precision(flow):
    mixed = make_flow(flow.shape, flow.num_ortho_vecs, dtype="mixed_bfloat16")
    mixed.set_weights(flow.get_weights())
    z, context = inputs(flow.shape)
    for found, expected in zip(run(mixed, z, context), run(flow, z, context)):
        assert keras.backend.standardize_dtype(found.dtype) == "float32"
        np.testing.assert_array_equal(to_numpy(found), to_numpy(expected))


def test_shapes_are_known_without_values(flow):
    z, context = keras.Input(flow.shape), keras.Input((*flow.shape[:2], CONTEXT_WIDTH))
    output = flow(z, context=context)
    assert output.z.shape == (None, *flow.shape) and output.log_det.shape == (None,)
