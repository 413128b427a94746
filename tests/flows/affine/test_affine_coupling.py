import random

import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.affine_coupling import AffineCoupling
from tests.flows.harness import SIZES, build_random, random_latents, run_flow_test
from tests.harness import compiled


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(AffineCoupling(6), shape)


def test_the_first_half_is_not_touched():
    flow = build_random(AffineCoupling(6), (3, 5, 3), scale=0.3)
    z = random_latents((3, 5, 3))
    result = ops.convert_to_numpy(compiled(flow, flow)(z).z)
    np.testing.assert_array_equal(result[..., :2], z[..., :2])
    assert (result[..., 2] != z[..., 2]).all()


def test_it_starts_as_the_identity():
    random.seed(0)
    z = random_latents((3, 5, 2))
    result, log_det = AffineCoupling(6)(z)
    np.testing.assert_array_equal(ops.convert_to_numpy(result), z)
    assert not ops.convert_to_numpy(log_det).any()
