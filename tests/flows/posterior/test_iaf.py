"""The determinant, the inverse and the order that both rest on."""

import random

import keras
import numpy as np
import pytest
from keras import ops

from hvae.flows.posterior.iaf import InverseAutoregressiveFlow
from tests.conftest import assign
from tests.flows.harness import check_inverse
from tests.harness import compiled, jacobians

SHAPE = (4, 3, 2)


@pytest.fixture(scope="module")
def flow():
    return make_flow(num_flows=2)


def make_flow(num_flows, channels=2):
    random.seed(1)
    flow = InverseAutoregressiveFlow(channels, num_flows)
    flow.build((None, *SHAPE[:2], channels))
    rng = np.random.default_rng(0)
    for weight in flow.weights:
        assign(weight, 2.0 * ops.convert_to_numpy(weight) + 0.3 * rng.standard_normal(weight.shape))
    return flow


def inputs(count, largest=30.0):
    rng = np.random.default_rng(1)
    z = rng.standard_normal((count, *SHAPE)).astype("float32")
    factors = np.linspace(0.0, largest, count) / np.abs(z).max(axis=(1, 2, 3))
    return z * factors[:, None, None, None].astype("float32")


def test_log_det_is_that_of_the_automatic_jacobian(flow):
    z = inputs(20)
    matrices = jacobians(lambda t: flow(t).z, z).astype("float64")
    signs, log_dets = np.linalg.slogdet(matrices)
    assert (signs == 1).all()
    np.testing.assert_allclose(
        ops.convert_to_numpy(compiled(flow, flow)(z).log_det), log_dets, atol=1e-4, rtol=1e-4
    )
    assert (np.abs(matrices - np.eye(24)).max(axis=(1, 2)) > 0.1).all()


def test_the_inverse_takes_back(flow):
    z = inputs(20)
    there = check_inverse(flow, z)
    assert (largest_of(there.z - z) > 0.1).all()


def largest_of(z):
    return np.abs(z).max(axis=(1, 2, 3))


@pytest.mark.parametrize("cell", [0, 1])
def test_a_variable_sees_only_those_before_it(cell):
    """Rows from the top and pixels from the right, or all the other way; then channels."""
    flow = make_flow(num_flows=1)
    flow.cells = [flow.cells[cell]]
    height, width, channels = SHAPE
    rows, columns, channel = np.meshgrid(
        np.arange(height), np.arange(width), np.arange(channels), indexing="ij"
    )
    pixel = rows * width - columns
    order = np.argsort(((pixel if cell == 0 else -pixel) * channels + channel).ravel())
    matrix = jacobians(lambda t: flow(t).z, inputs(2)[1:])[0][np.ix_(order, order)]
    np.testing.assert_array_equal(np.triu(matrix, 1), 0.0)
    np.testing.assert_array_equal(np.diag(matrix), 1.0)
    # Each of the two neighbours in the order is seen.
    assert np.count_nonzero(np.tril(matrix, -1)) > len(matrix)


def test_it_comes_back_from_its_configuration(flow):
    config = keras.saving.serialize_keras_object(flow)
    copy = keras.saving.deserialize_keras_object(config)
    if not copy.built:
        copy.build((None, *SHAPE))
    copy.set_weights(flow.get_weights())
    z = inputs(2)[1:]
    results = [ops.convert_to_numpy(compiled(f, f)(z).z) for f in (copy, flow)]
    np.testing.assert_array_equal(*results)
