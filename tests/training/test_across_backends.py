"""The same training under TensorFlow, JAX and PyTorch, and a run that goes from one to the next."""

import numpy as np
import pytest

from tests.backend_outputs import untraced
from tests.trained_under import CASES, EPOCHS, Run, start, trained, trained_under

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backends")
    start(folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run of all epochs under TensorFlow."""
    run = Run(tmp_path_factory.mktemp("whole"))
    with untraced():
        for _ in range(EPOCHS):
            run.train_epoch()
    return run


@pytest.fixture(scope="module")
def results(folder, whole):
    """By backend, what `trained` gives; the run has an epoch under each, and one more."""
    with untraced():
        Run(folder / "run").train_epoch()
    by_backend = {backend: trained_under(backend, folder) for backend in ("jax", "torch")}
    with untraced():
        Run(folder / "run").train_epoch()
    return by_backend


@pytest.fixture(scope="module")
def expected(folder):
    with untraced():
        return {name: trained(name, folder) for name in CASES}


@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("name", CASES)
def test_updates_are_those_of_tensorflow(name, backend, results, expected):
    result = results[backend][name]
    assert set(result) == set(expected[name])
    for key, values in expected[name].items():
        tolerance = 1e-4 if key in ("losses", "norms") else 1e-3
        np.testing.assert_allclose(
            result[key], values, rtol=tolerance, atol=tolerance * 1e-2, err_msg=key
        )


def test_a_run_goes_on_under_another_backend(results, folder, whole):
    """Moments, average, schedule, epoch and data order too: it is the run that TensorFlow makes."""
    resumed = Run(folder / "run")
    assert resumed.progress.epoch == EPOCHS
    assert resumed.trainer.updates_done == whole.trainer.updates_done
    for row, other in zip(resumed.progress.history, whole.progress.history, strict=True):
        assert row["learning_rate"] == other["learning_rate"]
        for key in ("train_nll_bits_per_dim", "validation_nll_bits_per_dim"):
            assert row[key] == pytest.approx(other[key], rel=1e-4)
    for value, other in zip(resumed.state(), whole.state(), strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-3, atol=1e-4)
