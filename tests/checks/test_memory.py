"""What does not fit is refused before any of it is taken."""

import pytest

from hvae.checks import memory
from hvae.errors import UserError
from hvae.model import HVAE
from tests.conftest import tiny_config


@pytest.mark.every_backend
def test_a_layer_larger_than_memory_is_refused(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 10**8)
    with pytest.raises(UserError, match="a weight of 3x3x2048x2048 numbers needs 151 MB, and 100"):
        HVAE(tiny_config(enc_middle_width=2048))


def test_what_fits_or_nobody_knows_passes(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2 * 10**9)
    memory.check_memory(10**9, "it", "try less")
    with pytest.raises(UserError, match="memory: it needs 3.0 GB, and 2.0 GB are free; try less"):
        memory.check_memory(3 * 10**9, "it", "try less")
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    memory.check_memory(10**30, "it", "try less")
