"""An array of images, written as they come."""

import tracemalloc
import zipfile

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.generation.generator import Generator
from hvae.model import HVAE
from tests.conftest import tiny_config
from tests.disks import files_of_at_most
from utils.files.image_archive import write_archive


def some_images(count, stop=None):
    """Images of their numbers; an interruption instead of number `stop`."""
    for i in range(count):
        if i == stop:
            raise KeyboardInterrupt
        yield np.full((2, 3, 1), i, np.uint8)


def test_the_array_is_that_of_the_images(tmp_path):
    write_archive(tmp_path / "a.npz", some_images(5), (2, 3, 1))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert archive.files == ["images"]
        images = archive["images"]
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images, list(some_images(5)))
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_after_an_interruption_it_holds_the_images_so_far(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_archive(tmp_path / "a.npz", some_images(5, stop=3), (2, 3, 1))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npz")["images"], list(some_images(3)))
    with pytest.raises(KeyboardInterrupt):
        write_archive(tmp_path / "b.npz", some_images(5, stop=0), (2, 3, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_an_image_that_was_cut_short_is_left_out(tmp_path):
    images = [*some_images(2), np.ones(5, np.uint8)]
    write_archive(tmp_path / "a.npz", images, (2, 3, 1))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npz")["images"], images[:2])
    # Nothing stands behind them either: the header of a .npy file has 128 bytes.
    assert zipfile.ZipFile(tmp_path / "a.npz").getinfo("images.npy").file_size == 128 + 12


def test_ten_thousand_images_need_no_more_memory_than_a_hundred(tmp_path):
    """All together they would be 4 MB, and more with their noise."""
    config = tiny_config(image_channels=3, num_scales=1, num_output_mixtures=1)
    generator = Generator(HVAE(config))
    peaks = []
    for count in (100, 10000):
        tracemalloc.start()
        write_archive(tmp_path / "a.npz", generator.stream(range(count)), (8, 8, 3))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert np.load(tmp_path / "a.npz")["images"].shape == (10000, 8, 8, 3)
    assert peaks[1] - peaks[0] < 2e6


def test_a_full_disk_is_a_line_that_names_the_file(tmp_path):
    path = tmp_path / "samples.npz"
    with files_of_at_most(1000), pytest.raises(UserError, match="could not write .*samples.npz"):
        write_archive(path, (np.zeros((8, 8, 1), np.uint8) for _ in range(1000)), (8, 8, 1))
    assert not list(tmp_path.iterdir())
