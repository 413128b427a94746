import numpy as np
import pytest
from keras import ops

from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.affine.affine_coupling import AffineCoupling
from hvae.flows.composition.flipped import Flipped
from tests.flows.harness import SIZES, build_random, random_latents, run_flow_test


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape):
    run_flow_test(Flipped(AffineCoupling(6)), shape, scale=0.15)


def test_the_inner_flow_sees_rows_columns_and_channels_in_reverse():
    shape = (3, 5, 4)
    flow = build_random(Flipped(AffineCoupling(6)), shape, scale=0.3)
    z = random_latents(shape)
    expected = ops.convert_to_numpy(flow.flow(z[:, ::-1, ::-1, ::-1].copy()).z)
    result = ops.convert_to_numpy(flow(z).z)
    np.testing.assert_array_equal(result, expected[:, ::-1, ::-1, ::-1])


def test_channels_return_to_their_places():
    flow = Flipped(ActNorm())
    flow.build((None, 3, 5, 2))
    z = random_latents((3, 5, 2))
    np.testing.assert_array_equal(ops.convert_to_numpy(flow(z).z), z)
