import json

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.inspection.hierarchy import HierarchySampler
from tests.conftest import tiny_config
from utils.modes import hierarchy


@pytest.mark.every_backend
def test_rows_by_scale_and_times(small_run, use):
    lines = use("hierarchy", "--num_images", 2, "--draws", 3, "--time_repeats", 1)
    folder = small_run / "hierarchy"
    results = json.loads((folder / "deviation.json").read_text())
    rows = results["rows"]
    assert [row["blocks_from_posterior"] for row in rows] == [0, 1, 3]
    assert rows[0]["mean"] > 0 and rows[-1]["mean"] == 0
    # The run's weights are random: every scale carries something.
    assert [row["label"] for row in rows] == ["none", "to 4x4", "to 8x8"]
    assert rows[1]["mean"] == pytest.approx(np.mean(rows[1]["images"]))
    times = json.loads((folder / "times.json").read_text())
    assert "eager" in times["setting"] and list(times["milliseconds"]) == ["4x4", "8x8", "head"]
    assert times["milliseconds"]["head"]["encoder"] is None
    assert all(value > 0 for value in times["milliseconds"]["8x8"].values())
    assert "encoder" in lines[0]
    for name in ("image0", "image1", "deviation", "times"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_rows_by_block_of_chosen_images(small_run, use, monkeypatch):
    draw, numbers = HierarchySampler.__call__, []

    def recorded(self, image, counts, draws, seed, number):
        numbers.append(number)
        return draw(self, image, counts, draws, seed, number)

    monkeypatch.setattr(HierarchySampler, "__call__", recorded)
    arguments = ["--images", 3, 5, "--rows", "block", "--draws", 2, "--time_repeats", 0]
    use("hierarchy", *arguments)
    newest = max((small_run / "hierarchy").glob("deviation*.json"), key=lambda p: p.stat().st_mtime)
    rows = json.loads(newest.read_text())["rows"]
    assert [row["blocks_from_posterior"] for row in rows] == [0, 1, 2, 3]
    # Each has its noise of the split.
    assert numbers == [3, 5]


def test_one_draw_has_no_deviation(use):
    with pytest.raises(UserError, match="draws: must be at least 2. Received: 1"):
        use("hierarchy", "--draws", 1)


def test_a_row_whose_blocks_carry_nothing_says_so():
    scales = tiny_config(dec_num_blocks=(2, 1)).latent_scales
    assert [str(scale) for scale in scales] == ["4x4", "8x8", "8x8"]
    for step, active, expected in (
        ("scale", (3, 0, 1), ["none", "to 4x4", "to 8x8"]),
        ("scale", (0, 0, 1), ["none", "to 4x4 (empty)", "to 8x8"]),
        ("scale", (3, 0, 0), ["none", "to 4x4", "to 8x8 (empty)"]),
        ("block", (3, 0, 1), ["none", "1 of 3", "2 of 3 (empty)", "3 of 3"]),
    ):
        assert hierarchy._rows(scales, step, active)[1] == expected
