"""What is written about measurements."""

from benchmarks.readme import README
from benchmarks.training.cases import CASES
from benchmarks.training.measurement import Measurement
from benchmarks.training.table import table
from utils.files.marked_section import with_section


def test_medians_ratios_and_failures():
    parts = {"load": 1.0, "build": 2.0, "update": 30.0}
    text = table(
        {
            "hvae_graph": Measurement([40.0, 34.0, 36.0], parts, [0.5, 0.3, 0.4], 2048.0),
            "hvae_xla": Measurement(peak_mb=22000.0, error="killed for memory at 22,000 MB"),
            "hvae_default": Measurement([50.0], parts, [0.6], 1.0, error="no answer in 9 s"),
            "torch_eager": Measurement([3.0], parts, [0.8], 900.0),
        }
    )
    assert text.splitlines()[2:] == [
        "| ours, `--no-jit` | 40.0 | 35.0 | 1.0 + 2.0 + 30.0 | 400 | 0.50 | 2,048 |",
        "| ours, `--jit` | killed for memory at 22,000 MB |  |  |  |  | 22,000 |",
        "| ours, default flags | 50.0 |  | 1.0 + 2.0 + 30.0 | 600; no answer in 9 s | 0.75 | 1 |",
        "| PyTorch, eager | 3.0 |  | 1.0 + 2.0 + 30.0 | 800 | 1.00 | 900 |",
    ]


def test_without_pytorch_there_are_no_ratios():
    parts = {"load": 1.0, "build": 2.0, "update": 30.0}
    row = table({"hvae_graph": Measurement([4.0], parts, [0.5], 10.0)}).splitlines()[2]
    assert row == "| ours, `--no-jit` | 4.0 |  | 1.0 + 2.0 + 30.0 | 500 |  | 10 |"


def test_memory_is_that_of_the_gpu_where_there_is_one():
    parts = {"load": 1.0, "build": 2.0, "update": 30.0}
    measured = Measurement([4.0], parts, [0.5], 10.0, peak_gpu_mb=3.0)
    header, _, row = table({"hvae_jax": measured}).splitlines()
    assert header.endswith("| peak on the GPU, MB |") and row.endswith("| 500 |  | 3 |")


def test_the_readme_has_a_place_for_every_table():
    text = README.read_text(encoding="utf-8")
    for name in ("memory", *(f"training {case}" for case in CASES)):
        assert "\nwritten\n" in with_section(text, name, "written")
