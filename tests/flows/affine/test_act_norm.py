import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.act_norm import ActNorm
from tests.flows.harness import SIZES, random_latents, run_flow_test


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(ActNorm(), shape)


def test_it_starts_as_the_identity():
    z = random_latents((3, 5, 2))
    result, log_det = ActNorm()(z)
    np.testing.assert_array_equal(ops.convert_to_numpy(result), z)
    assert not ops.convert_to_numpy(log_det).any()


def test_every_pixel_counts():
    flow = ActNorm()
    flow.build((None, 3, 5, 2))
    flow.log_scale.assign([0.5, -0.2])
    log_det = ops.convert_to_numpy(flow(random_latents((3, 5, 2))).log_det)
    np.testing.assert_allclose(log_det, 15 * 0.3, rtol=1e-6)
