"""Images on the stack, some pixels at a time."""

import tracemalloc

import numpy as np
import pytest

from hvae.compression.pixels import pixels_at_a_time, pop_images, push_images
from hvae.compression.stack import Stack

pytestmark = pytest.mark.tensorflow  # no backend at all
pytest.importorskip("constriction")


class FixedTables:
    """As of `Walks`: a value is likely near a parameter and near the channel before."""

    levels, image_channels = 256, 3

    def __init__(self):
        self.pixels = []

    def log_table(self, parameters, values, channel):
        self.pixels.append(len(parameters))
        centre = parameters[:, channel, None]
        if channel:
            centre = 0.5 * (centre + values[:, channel - 1, None])
        return -np.abs(np.arange(256, dtype=np.float32) - centre) / 16.0


def test_memory_does_not_grow_with_the_pixels(rng):
    images = rng.integers(0, 256, (2, 96, 96, 3), dtype=np.uint8)
    parameters = (255.0 * rng.random((2, 96, 96, 3))).astype("float32")
    walks, stack = FixedTables(), Stack(np.zeros(4, np.uint32) + 1)
    before = stack.words()
    tracemalloc.start()
    push_images(stack, walks, parameters, images)
    found = pop_images(stack, walks, parameters)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(found, images)
    np.testing.assert_array_equal(stack.words(), before)
    # The table of one channel of all pixels, as float32, would take 19 MB.
    assert peak < 6e6
    # Of one size, the last too: another one would be compiled anew.
    assert set(walks.pixels) == {512}


@pytest.mark.parametrize(("levels", "pixels"), [(2, 512), (256, 512), (1024, 128), (2**18, 1)])
def test_a_table_has_a_largest_size(levels, pixels):
    assert pixels_at_a_time(levels) == pixels
