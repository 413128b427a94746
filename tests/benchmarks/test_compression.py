"""The codes that the benchmark of compression has beside ours."""

import numpy as np
import pytest

from benchmarks.compression import pillows

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(("levels", "channels"), [(256, 3), (256, 1), (2, 1)])
def test_other_codes_are_lossless_and_pay_for_noise(levels, channels, rng):
    pytest.importorskip("pillow_jxl")
    images = rng.integers(0, levels, (2, 40, 40, channels), dtype=np.uint8)
    sizes = {name: float(bits) for name, bits, *_ in pillows(images, levels)}
    assert set(sizes) == {"PNG", "WebP", "JPEG XL"}
    # Noise has no shorter code than its levels' bits.
    assert min(sizes.values()) >= np.log2(levels)
