"""Images that a user names."""

import numpy as np
import pytest
from PIL import Image

from hvae.errors import UserError
from tests.conftest import tiny_config
from utils.files.image_source import read_images

CONFIG = tiny_config(image_size=(8, 12), image_channels=3, levels=256)
SPLIT = np.random.default_rng(0).integers(0, 256, (5, 8, 12, 3), dtype=np.uint8)


def read(*names, config=CONFIG, **options):
    return read_images(names, config, lambda: SPLIT, **options)


def test_numbers_and_files_are_mixed_in_the_order_given(tmp_path):
    Image.fromarray(SPLIT[1]).save(tmp_path / "a.png")
    np.save(tmp_path / "b.npy", SPLIT[2:4])
    images, numbers = read(4, tmp_path / "a.png", tmp_path / "b.npy", "0")
    np.testing.assert_array_equal(images, SPLIT[[4, 1, 2, 3, 0]])
    assert numbers.tolist() == [4, 1, 2, 3, 0]


def test_a_photograph_of_another_size_is_fitted_and_left_as_it_is(tmp_path):
    """As in training: upright, covering, cropped; its file is not touched."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (80, 240), (200, 10, 90)).save(path, exif=exif, quality=95)
    before, told = path.read_bytes(), []
    images, _ = read(path, tell=told.append)
    assert images.shape == (1, 8, 12, 3) and images.dtype == np.uint8
    assert np.abs(images.astype(int) - (200, 10, 90)).max() < 4
    assert told == [f"{path}: 240x80 pixels, scaled and cropped to 12x8"]
    assert path.read_bytes() == before


def test_transparent_pixels_show_the_background(tmp_path):
    Image.new("RGBA", (12, 8), (10, 20, 30, 0)).save(tmp_path / "a.png")
    told = []
    assert (read(tmp_path / "a.png", tell=told.append).images == 255).all() and not told
    assert (read(tmp_path / "a.png", background="black").images == 0).all()


def test_a_model_of_few_grey_levels_sees_few(tmp_path):
    config = tiny_config(image_size=(8, 12), image_channels=1, levels=17)
    ramp = np.repeat(np.arange(12, dtype=np.uint16)[None] * 5957, 8, axis=0)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    images = read(tmp_path / "a.png", config=config).images
    assert images[0, 0, :, 0].tolist() == [0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16]


def test_a_model_of_binary_pixels_sees_draws(tmp_path):
    """A third of a grey picture's pixels, other ones in another picture; the same ones again."""
    config = tiny_config(image_size=(32, 48), image_channels=1, levels=2)
    for name in ("a.png", "b.png"):
        Image.new("L", (48, 32), 85).save(tmp_path / name)
    images = read(tmp_path, config=config, is_binarized=True).images
    assert images.shape == (2, 32, 48, 1) and set(np.unique(images)) == {0, 1}
    assert images.mean() == pytest.approx(1 / 3, abs=0.03)
    assert (images[0] != images[1]).mean() > 0.3
    np.testing.assert_array_equal(images, read(tmp_path, config=config, is_binarized=True).images)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("5", "images: the split has images 0 to 4. Received: 5"),
        ("nowhere.png", "images: must be numbers in the split, or files. Received: nowhere.png"),
        ("text.png", "text.png cannot be read as an image"),
        ("text.npy", "text.npy is no .npy file of numbers"),
        ("small.npy", r"must have shape \(images, 8, 12, 3\). Received: \(1, 8, 8, 3\)"),
    ],
)
def test_mistakes_are_one_line(name, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "text.npy").write_text("no array")
    np.save(tmp_path / "small.npy", SPLIT[:1, :, :8])
    with pytest.raises(UserError, match=message) as error:
        read(name)
    assert "\n" not in str(error.value)
