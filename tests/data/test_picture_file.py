"""One reader for data sets and for pictures that a user names."""

import numpy as np
import pytest
from PIL import Image

from data.picture_file import read_picture


@pytest.mark.parametrize(("channels", "shape"), [(1, (1, 2)), (3, (1, 2, 3))])
def test_16_bits_are_scaled_not_clipped(tmp_path, channels, shape):
    Image.fromarray(np.array([[3 << 8, 200 << 8]], np.uint16)).save(tmp_path / "deep.png")
    pixels = np.asarray(read_picture(tmp_path / "deep.png", channels))
    assert pixels.shape == shape
    assert pixels[0, 0].max() == 3 and pixels[0, 1].min() == 200


def test_a_photograph_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.new("L", (4, 2)).save(tmp_path / "photo.jpg", exif=exif)
    assert read_picture(tmp_path / "photo.jpg", 1).size == (2, 4)
