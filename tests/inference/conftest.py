"""How the tests of this folder run a model."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _op_by_op(op_by_op):
    """Without TensorFlow's graphs."""
