"""Files that are damaged, or of something else, are refused in one line."""

import numpy as np
import pytest

from hvae.compression.compressor import Compressed
from hvae.compression.file_format import read_compressed, write_compressed
from hvae.errors import UserError

OWN = {"model": "4f2a 77b0", "backend": "jax", "jax": "0.10.2", "machine": "x86_64"}


@pytest.fixture
def file(tmp_path):
    """A file that was written, whole."""
    words = np.random.default_rng(1).integers(0, 2**32, 60, dtype=np.uint32)
    path = tmp_path / "images.hvae"
    write_compressed(path, Compressed(words, 3, 64), "ab" * 32, 2, OWN)
    return path


def refused(path, fingerprint=OWN):
    """The message of a file that is refused."""
    with pytest.raises(UserError) as error:
        read_compressed(path, fingerprint)
    message = str(error.value)
    assert path.name in message and "\n" not in message and len(message) < 300
    return message


def test_what_was_written_is_read(file):
    compressed, images_sum, batch_size = read_compressed(file, OWN)
    assert (compressed.num_images, compressed.initial_bits) == (3, 64)
    assert len(compressed.words) == 60 and images_sum == "ab" * 32 and batch_size == 2


# From its mark to its checksum, the last byte among them.
@pytest.mark.parametrize("share", np.linspace(0.0, 1.0, 12))
def test_a_flipped_bit_is_noticed(file, share):
    data = bytearray(file.read_bytes())
    data[round(share * (len(data) - 1))] ^= 0x10
    file.write_bytes(data)
    assert "damaged" in refused(file) or "no file that compress wrote" in refused(file)


@pytest.mark.parametrize("length", [0, 5, 8, 11, 40, 200, -4, -1])
def test_a_file_that_is_cut_short_is_noticed(file, length):
    file.write_bytes(file.read_bytes()[:length])
    assert "damaged" in refused(file) or "no file that compress wrote" in refused(file)


def test_a_file_that_goes_on_is_noticed(file):
    file.write_bytes(file.read_bytes() + b"\0")
    assert "is damaged: its checksum is another" in refused(file)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "0000 77b0"}, "was written with model 4f2a 77b0, here is 0000 77b0"),
        ({"jax": "0.11.0"}, "was written with jax 0.10.2, here is 0.11.0"),
        ({"backend": "torch"}, "was written with backend jax, here is torch"),
        ({"machine": "aarch64"}, "was written with machine x86_64, here is aarch64"),
    ],
)
def test_of_another_model_or_program_it_is_refused(file, changes, message):
    assert message in refused(file, OWN | changes)


def test_another_format_is_named(file):
    file.write_bytes(file.read_bytes().replace(b"hvae-bb3", b"hvae-bb2"))
    assert "of format 2: this program reads 3" in refused(file)
