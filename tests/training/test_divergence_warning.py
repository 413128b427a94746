"""A line is said where training gets nowhere, and only there."""

import pytest

from hvae.training.display import Display
from hvae.training.logs.divergence_warning import DivergenceWarning
from hvae.training.progress import Progress


class Model:
    """What of an `HVAE` it asks for."""

    class config:
        num_dims, levels = 64, 17

    class reporter:
        unit, label = "bits_per_dim", "bits/dim"

        def __new__(cls, nats):
            return nats / 64 / 0.6931472


class Recorder(Display):
    def __init__(self):
        self.lines = []

    def message(self, text):
        self.lines.append(text)


def lines_after(nll, kl, beta=1.0, validation_nll=None):
    """What is said of an epoch; the validation is as the training unless given."""
    recorder, progress = Recorder(), Progress()
    terms = {f"{s}_kl_bits_per_dim": kl for s in ("train", "validation")}
    terms["train_nll_bits_per_dim"] = nll
    terms["validation_nll_bits_per_dim"] = nll if validation_nll is None else validation_nll
    progress.history.append({"epoch": 2, "beta": beta, "learning_rate": 10.0, **terms})
    DivergenceWarning(recorder, Model())(progress, None)
    return recorder.lines


# 17 levels are 4.09 bits/dim to a guess.
@pytest.mark.parametrize(
    ("nll", "kl", "beta"), [(3.0, 0.1, 1.0), (9.0, 25.0, 1.0), (4.0, 1e6, 0.0)]
)
def test_a_start_that_is_slow_is_none(nll, kl, beta):
    assert lines_after(nll, kl, beta) == []


def test_a_bad_first_update_is_forgiven():
    assert lines_after(1e4, 0.1, validation_nll=3.0) == []
    assert lines_after(1e4, 0.1, validation_nll=float("nan"))


@pytest.mark.parametrize(
    ("nll", "kl", "found"),
    [
        (5e7, 3.0, "had 5e+07"),
        (3.0, 5e7, "had 5e+07"),
        (float("inf"), 0.0, "had inf"),
        (float("nan"), 0.0, "skipped every update"),
    ],
)
def test_what_is_no_start_is_said(nll, kl, found):
    (line,) = lines_after(nll, kl)
    assert line.startswith(f"warning: epoch 2 {found}, a guess has 4.09 bits/dim: ")
    assert "lower learning_rate (now 10)" in line
