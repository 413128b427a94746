import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.affine.affine_coupling import AffineCoupling
from hvae.flows.composition.flow_sequence import FlowSequence
from tests.flows.harness import SIZES, random_latents, run_flow_test


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(FlowSequence([ActNorm(), AffineCoupling(6), ActNorm()]), shape, scale=0.15)


def test_without_flows_it_is_the_identity():
    z = random_latents((3, 5, 2))
    result, log_det = FlowSequence([])(z)
    np.testing.assert_array_equal(ops.convert_to_numpy(result), z)
    assert not ops.convert_to_numpy(log_det).any()
