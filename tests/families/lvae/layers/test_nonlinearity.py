import numpy as np
import pytest
from keras import ops

from hvae.families.lvae.layers.nonlinearity import nonlinearity


@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("relu", lambda x: 0.0 * x),
        ("leakyrelu", lambda x: 0.01 * x),
        ("elu", np.expm1),
        ("selu", lambda x: 1.6732632423543772 * 1.0507009873554805 * np.expm1(x)),
    ],
)
def test_constants_are_those_of_pytorch(name, below):
    x = np.linspace(-4.0, 4.0, 17, dtype="float32")
    above = 1.0507009873554805 * x if name == "selu" else x
    result = ops.convert_to_numpy(nonlinearity(name)(ops.convert_to_tensor(x)))
    np.testing.assert_allclose(result, np.where(x > 0, above, below(x)), rtol=1e-6, atol=1e-6)
