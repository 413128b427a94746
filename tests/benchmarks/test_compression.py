"""The benchmark of compression: its worker, and the codes that ours stands beside."""

import numpy as np
import pytest

from benchmarks.compression import pillows, size_columns
from benchmarks.compression_worker import Worker
from hvae.model import HVAE
from hvae.saving import save_model
from tests.conftest import random_images, randomize, tiny_config

pytest.importorskip("constriction")


def test_a_worker_writes_what_another_reads(tmp_path):
    config = tiny_config(likelihood="discretized_logistic", levels=256)
    path = tmp_path / "model.keras"
    save_model(randomize(HVAE(config), scale=0.1), path)
    images = random_images(config, 40)
    files = {"images": images, "file": tmp_path / "images.hvae"}
    worker, other = (Worker(path, "tensorflow") for _ in range(2))
    written = worker.compress(**files)
    other.decompress(**files)
    bits = written["bits"] - written["initial_bits"]
    assert abs(bits / worker.bound(**files)["bits"] - 1.0) < 0.02
    with pytest.raises(ValueError, match="other images came out"):
        other.decompress(images[::-1], files["file"])


@pytest.mark.parametrize(("levels", "channels"), [(256, 3), (256, 1), (2, 1)])
def test_other_codes_are_lossless_and_pay_for_noise(levels, channels, rng):
    pytest.importorskip("pillow_jxl")
    images = rng.integers(0, levels, (2, 40, 40, channels), dtype=np.uint8)
    sizes = {name: float(bits) for name, bits, *_ in pillows(images, levels)}
    assert set(sizes) == {"PNG", "WebP", "JPEG XL"}
    # Noise has no shorter code than its levels' bits.
    assert min(sizes.values()) >= np.log2(levels)


def test_the_first_page_has_the_sizes_alone():
    rows = [
        ("−ELBO, one sample", "0.441", "", "", ""),
        ("bits-back, TensorFlow", "0.443", "21", "16", "768"),
        ("bits-back, JAX", "0.442", "14", "12", "774"),
        ("with its initial bits", "0.573", "", "", ""),
        ("PNG", "1.704", "2,700", "3,300", ""),
        ("WebP", "1.170", "53", "2,400", ""),
        ("JPEG XL", "0.989", "110", "360", ""),
    ]
    assert size_columns(rows) == ("0.441", "0.443", "1.704", "1.170", "0.989")
