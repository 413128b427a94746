"""Images from arrays: what a file says of itself is checked before it is read."""

import struct

import numpy as np
import pytest

from hvae.errors import UserError
from tests.conftest import tiny_config
from utils.files.image_source import read_images

CONFIG = tiny_config()  # 8x8 pixels of 17 levels


def read(path):
    return read_images([path], CONFIG, split=None).images


def write_header(path, text, version=1):
    """A `.npy` file of nothing but what it says of itself."""
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    path.write_bytes(b"\x93NUMPY" + bytes([version, 0]) + size + text.encode())


def test_an_array_is_read_as_it_is(tmp_path):
    images = np.random.default_rng(0).integers(0, 17, (3, 8, 8, 1))
    np.save(tmp_path / "images.npy", images)
    np.testing.assert_array_equal(read(tmp_path / "images.npy"), images)
    np.save(tmp_path / "image.npy", images[0])
    np.testing.assert_array_equal(read(tmp_path / "image.npy"), images[:1])


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((0, 8, 8, 1), np.uint8), "must have shape"),
        (np.uint8(3), "must have shape"),
        (np.zeros((1, 8, 8, 1), [("int", "u1"), ("b", "u1")]), "must be integers"),
        (np.full((1, 8, 8, 1), None), "no .npy file of numbers"),
        (np.full((1, 8, 8, 1), "int"), "must be integers 0 to 16. Received: str"),
        (np.zeros((1, 8, 8, 1), "m8[D]"), "must be integers"),
        (np.zeros((1, 8, 8, 1), bool), "must be integers 0 to 16. Received: bool"),
        (np.full((1, 8, 8, 1), 17, np.uint8), "must be integers 0 to 16. Received: 17 to 17"),
        (np.full((1, 8, 8, 1), 2**63, np.uint64), "must be integers 0 to 16"),
    ],
)
def test_other_arrays_are_refused(tmp_path, array, message):
    np.save(tmp_path / "wrong.npy", array, allow_pickle=True)
    with pytest.raises(UserError, match=message) as caught:
        read(tmp_path / "wrong.npy")
    # NumPy's own message says how to let a pickle run.
    assert "pickle" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000, 8, 8, 1)}\n",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 8, 8, 1)}\n",
        "{'descr': 'V9999999999', 'fortran_order': False, 'shape': (1, 8, 8, 1)}\n",
        "(" * 4000 + ")" * 4000,
        "-" * 9000 + "1",
        "__import__('os').abort()\n",
    ],
)
def test_headers_that_lie_are_refused(tmp_path, text):
    write_header(tmp_path / "lie.npy", text)
    with pytest.raises(UserError, match="no .npy file of numbers, or damaged"):
        read(tmp_path / "lie.npy")


def test_huge_headers_are_refused(tmp_path):
    write_header(tmp_path / "huge.npy", "{" + " " * 50_000_000 + "}", version=2)
    with pytest.raises(UserError, match="no .npy file of numbers, or damaged"):
        read(tmp_path / "huge.npy")


def test_more_images_than_memory_holds_are_refused(tmp_path):
    """The file takes no room on the disk: it has a hole."""
    path = tmp_path / "sparse.npy"
    header = {"descr": "|u1", "fortran_order": False, "shape": (10**10, 8, 8, 1)}
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 64 * 10**10)
    with pytest.raises(UserError, match="10000000000 images, needs 640.0 GB, and .* are free"):
        read(path)


@pytest.mark.parametrize("name", ["²", "3²", "-1", "9" * 5000, "nowhere.npy"])
def test_what_is_neither_number_nor_file_is_refused(name):
    with pytest.raises(
        (UserError, OSError), match="must be numbers in the split, or files|too long"
    ):
        read(name)
