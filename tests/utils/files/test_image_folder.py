"""Images as one PNG file each."""

import numpy as np
import pytest
from PIL import Image

from utils.files.image_folder import write_folder


@pytest.mark.parametrize("channels", [1, 3])
def test_files_hold_the_levels_spread_over_those_of_pictures(tmp_path, channels, rng):
    images = rng.integers(0, 17, (3, 4, 5, channels)).astype(np.uint8)
    images[0, 0, 0], images[0, 0, 1] = 0, 16
    write_folder(tmp_path / "a", images, levels=17)
    names = [f"{i:06d}.png" for i in range(3)]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == names
    for name, image in zip(names, images):
        pixels = np.asarray(Image.open(tmp_path / "a" / name)).reshape(4, 5, channels)
        np.testing.assert_array_equal(pixels, np.round(image * (255 / 16)))


def test_an_interruption_leaves_whole_files(tmp_path):
    def images():
        yield from np.zeros((2, 4, 4, 1), np.uint8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path, images(), levels=2)
    assert len(list(tmp_path.iterdir())) == 2
    for path in tmp_path.iterdir():
        Image.open(path).load()
