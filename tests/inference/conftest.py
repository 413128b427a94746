"""How the tests of this folder run a model under TensorFlow."""

import pytest

from hvae.inference.running.compiled_function import CompiledFunction
from tests.conftest import BACKEND


@pytest.fixture(autouse=True)
def _op_by_op(monkeypatch):
    """A graph takes five times as long to trace as the few runs of a test take without it."""
    if BACKEND == "tensorflow":
        monkeypatch.setattr(CompiledFunction, "run_eagerly", True)
