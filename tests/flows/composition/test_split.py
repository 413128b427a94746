import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.composition.split import Split
from tests.flows.harness import SIZES, build_random, random_latents, run_flow_test


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(Split(ActNorm()), shape, scale=0.5)


@pytest.mark.parametrize("channels,kept", [(4, 2), (3, 2), (2, 1)])
def test_the_other_half_is_not_touched(channels, kept):
    flow = build_random(Split(ActNorm()), (2, 2, channels), scale=0.5)
    z = random_latents((2, 2, channels))
    result = ops.convert_to_numpy(flow(z).z)
    np.testing.assert_array_equal(result[..., kept:], z[..., kept:])
    assert (result[..., :kept] != z[..., :kept]).all()
