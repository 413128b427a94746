"""Images on the stack, some pixels at a time."""

import tracemalloc

import numpy as np
import pytest

from hvae.compression.digits import Digits
from hvae.compression.pixels import PIXELS_AT_A_TIME, normalized, pop_images, push_images
from hvae.compression.stack import Stack

pytest.importorskip("constriction")


class FixedTables:
    """As of `Walks`: a value is likely near a parameter and near the channel before."""

    levels, image_channels = 256, 3

    def __init__(self):
        self.pixels = []

    def range_table(self, parameters, values, channel, span):
        self.pixels.append(len(parameters))
        centre = parameters[:, channel, None]
        if channel:
            centre = 0.5 * (centre + values[:, channel - 1, None])
        base = Digits.of_levels(self.levels).base
        starts = values[:, channel, None] // (base * span) * (base * span)
        middles = starts + span * (np.arange(base, dtype=np.float32) + 0.5)
        return np.exp(-np.abs(middles - centre) / 16.0).astype("float32")


def test_memory_does_not_grow_with_the_pixels(rng):
    images = rng.integers(0, 256, (4, 192, 192, 3), dtype=np.uint8)
    parameters = (255.0 * rng.random((4, 192, 192, 3))).astype("float32")
    walks, stack = FixedTables(), Stack(np.zeros(4, np.uint32) + 1)
    before = stack.words()
    tracemalloc.start()
    push_images(stack, walks, parameters, images)
    found = pop_images(stack, walks, parameters)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(found, images)
    np.testing.assert_array_equal(stack.words(), before)
    # The tables of a digit of one channel of all pixels, as float32, would take 9.4 MB.
    assert peak < 9e6
    # Of one size, the last too: another one would be compiled anew.
    assert set(walks.pixels) == {PIXELS_AT_A_TIME}


def test_what_is_improbable_in_all_ranges_is_coded():
    table = normalized(np.float32([[0.0, 0.0, 0.0, 0.0], [2.0, 0.0, 6.0, 0.0]]))
    assert table.dtype == np.float32 and table.min() > 0.0
    np.testing.assert_allclose(table, [[0.25] * 4, [0.25, 0.0, 0.75, 0.0]], atol=1e-12)
