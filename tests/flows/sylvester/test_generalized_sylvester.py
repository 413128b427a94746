import random

import numpy as np
import pytest
from keras import ops

from hvae.flows.sylvester.generalized_sylvester import GeneralizedSylvester
from tests.flows.harness import SIZES, build_random, random_latents, run_flow_test
from tests.harness import compiled


@pytest.mark.parametrize("spectral_norm", [True, False])
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape, spectral_norm):
    kernel_size = 1 if shape[0] == 1 else 3
    run_flow_test(GeneralizedSylvester(16, kernel_size, spectral_norm), shape)


@pytest.mark.parametrize("scale", [1.0, 10.0])
def test_determinant_and_inverse_with_large_weights(scale):
    run_flow_test(GeneralizedSylvester(16), (4, 4, 4), scale)


def test_it_starts_as_the_identity():
    random.seed(0)
    z = random_latents((4, 4, 4))
    flow = GeneralizedSylvester(16)
    flow.build((None, 4, 4, 4))
    result, log_det = compiled(flow, flow)(z)
    np.testing.assert_array_equal(ops.convert_to_numpy(result), z)
    assert not ops.convert_to_numpy(log_det).any()


def test_the_mixing_cancels_in_the_determinant():
    """Q has a determinant of its own, which must not be counted."""
    flow = build_random(GeneralizedSylvester(16), (4, 4, 4), scale=0.3)

    def parts(z):
        mixed, own = flow.mixing(z)
        return own, flow(z).log_det, flow.residual(mixed).slope

    outputs = compiled(parts, flow)(random_latents((4, 4, 4)))
    own, before, slope = map(ops.convert_to_numpy, outputs)
    assert np.abs(own).min() > 0.1
    np.testing.assert_allclose(before, np.log1p(slope).sum((1, 2, 3)), rtol=1e-5, atol=1e-5)
