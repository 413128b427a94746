import random

import numpy as np
import pytest
from keras import ops

from hvae.flows.linear.householder_convolution import HouseholderConvolution
from tests.flows.harness import SIZES, run_flow_test


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(HouseholderConvolution(), shape)


@pytest.mark.parametrize("factor", [0.0, 1e-30, 1e-6, 1.0, 1e18])
@pytest.mark.parametrize("channels", [1, 2, 7, 64])
def test_the_matrix_is_orthogonal_whatever_the_weights(channels, factor):
    random.seed(0)
    flow = HouseholderConvolution()
    flow.build((None, 1, 1, channels))
    vectors = np.random.default_rng(0).standard_normal((channels, 8)) * factor
    vectors[:, 3] = 0.0
    flow.vectors.assign(vectors)
    matrix = ops.convert_to_numpy(flow.matrix)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(channels), atol=2e-6)


def test_as_many_reflections_as_channels_reach_every_channel():
    random.seed(0)
    flow = HouseholderConvolution()
    flow.build((None, 1, 1, 8))
    assert (np.abs(ops.convert_to_numpy(flow.matrix)) > 1e-4).all()
