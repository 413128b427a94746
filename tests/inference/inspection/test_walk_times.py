import types

import numpy as np
import pytest

from hvae.inference.inspection import walk_times as module
from hvae.inference.inspection.walk_times import walk_times
from hvae.model import HVAE
from tests.conftest import random_images, tiny_config


@pytest.fixture(scope="module")
def model():
    return HVAE(tiny_config(dec_num_blocks=(2, 1)))


def test_there_is_a_time_for_every_scale_and_block(model):
    seen = []
    times = walk_times(
        model, random_images(model.config, 2), 3, progress=lambda w: seen.extend(w) or w
    )
    assert [len(part) for part in times] == [2, 4, 4]
    assert all((part > 0).all() for part in times)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("slow_part", "expected"),
    [
        (lambda model: model.decoder.blocks[1], ([0, 0], [0, 1, 0, 0], [0, 1, 0, 0])),
        (lambda model: model.encoder.blocks[1][0], ([0, 1], [0, 0, 0, 0], [0, 0, 0, 0])),
        (lambda model: model.decoder.head, ([0, 0], [0, 0, 0, 1], [0, 0, 0, 1])),
    ],
)
def test_what_is_slow_is_seen_where_it_is(model, monkeypatch, slow_part, expected):
    """By a clock that only the slow part moves: the machine's may stand still anywhere."""
    part, now = slow_part(model), [0.0]
    call = part.call

    def slow(*args, **kwargs):
        now[0] += 2.0
        return call(*args, **kwargs)

    monkeypatch.setattr(part, "call", slow)
    clock = types.SimpleNamespace(perf_counter=lambda: now[0])
    monkeypatch.setattr(module, "time", clock)
    times = walk_times(model, random_images(model.config, 2), repeats=1)
    for seconds, is_slow in zip(times, expected):
        np.testing.assert_array_equal(seconds, 2.0 * np.array(is_slow))
