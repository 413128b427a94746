import numpy as np
import pytest
from keras import ops

from hvae.flows.linear.convolution_exponential import ConvolutionExponential
from tests.flows.harness import SIZES, build_random, random_latents, run_flow_test
from tests.harness import jacobians


@pytest.mark.parametrize("scale", [0.02, 0.3, 30.0])
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_determinant_and_inverse(shape, scale):
    run_flow_test(ConvolutionExponential(1 if shape[0] == 1 else 3), shape, scale)


@pytest.mark.parametrize("shape", [(4, 4, 4), (3, 5, 2)], ids=str)
def test_it_is_the_exponential_of_the_whole_matrix(shape):
    """Eigenvalues give what the series would give with endlessly many terms."""
    flow = build_random(ConvolutionExponential(), shape, scale=3.0)
    kernel, z = flow.kernel, random_latents(shape)
    (matrix,) = jacobians(lambda t: ops.conv(t, kernel, padding="same"), z[:1])
    matrix = matrix.astype("float64")
    assert 0.3 < np.linalg.norm(matrix, 2) <= 1.0 + 1e-5
    values, vectors = np.linalg.eig(matrix)
    exponential = (vectors * np.exp(values) @ np.linalg.inv(vectors)).real
    result = ops.convert_to_numpy(flow(z).z).reshape(len(z), -1)
    np.testing.assert_allclose(result, z.reshape(len(z), -1) @ exponential.T, atol=1e-4)


def test_the_series_is_exact_at_the_largest_norm():
    """1×1 of one channel: the bound is tight, and e^±1 is known."""
    for sign in (1.0, -1.0):
        flow = ConvolutionExponential(kernel_size=1)
        flow.build((None, 1, 1, 1))
        flow.free_kernel.assign([[[[sign * 1e6]]]])
        result, log_det = flow(np.full((1, 1, 1, 1), 30.0, "float32"))
        np.testing.assert_allclose(ops.convert_to_numpy(result), 30.0 * np.exp(sign), rtol=1e-6)
        np.testing.assert_allclose(ops.convert_to_numpy(log_det), sign, rtol=1e-6)
