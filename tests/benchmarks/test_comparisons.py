"""The tables that compare families and features, from made-up results."""

import json
import subprocess
import types

import numpy as np
import pytest

from benchmarks import families, features, seeds, unusual
from benchmarks.readme import MODELS_PAGE, USING_PAGE
from utils.files.marked_section import with_section


def of_seeds(*seeds, **others):
    return [{"parameters": 1000, "updates": 90, "bits_per_dim": bits, **others} for bits in seeds]


def test_differences_are_taken_seed_by_seed_and_image_by_image():
    results = {
        "digits": of_seeds([1.0, 3.0], [2.0, 4.0]),
        "digits_cr": of_seeds([1.1, 3.1], [2.3, 4.3]),
    }
    rows = features.rows(results, {"digits": [4.0, 6.0, 50.0], "digits_cr": [7.0]})
    assert rows == [
        ("`digits`", "1,000", "90", "6", "2.500 ± 1.000", "2.000 3.000", "", ""),
        (
            "`digits_cr`",
            "1,000",
            "90",
            "7",
            "2.700 ± 1.000",
            "2.100 3.300",
            "+0.200 ± 0.000",
            "+0.100 +0.300",
        ),
    ]
    assert len(rows[0]) == len(features.HEADER)


def test_a_family_has_the_median_of_its_seeds():
    results = of_seeds([1.0, 3.0], [2.0, 4.0], family="nvae", milliseconds=6.25, first_step=9.4)
    (row,) = families.rows({"digits_nvae": results})
    assert row[1:-2] == ("nvae", "1,000", "90", "6.2", "9")
    assert len(row) == len(families.HEADER)


def test_every_seed_is_a_process_and_finished_ones_are_kept(tmp_path, monkeypatch):
    kept, started = tmp_path / "kept.json", []

    def run(command, check):
        label, seed, out = command[4:7]
        started.append((label, seed, *command[7:]))
        with open(out, "w") as file:
            json.dump({"bits_per_dim": [float(seed)]}, file)

    monkeypatch.setattr(subprocess, "run", run)
    typed = types.SimpleNamespace(seeds=[0, 1], results=str(kept))
    results = seeds.trained("m", ("a", "b --c"), typed, "--seconds", "3")
    assert results["b --c"] == [{"bits_per_dim": [0.0]}, {"bits_per_dim": [1.0]}]
    assert ("b --c", "1", "--seconds", "3") in started and len(started) == 4
    typed.seeds = [1, 2]
    assert seeds.trained("m", ("a",), typed)["a"][1] == {"bits_per_dim": [2.0]}
    assert started[4:] == [("a", "2")]


PAGES = {"families": MODELS_PAGE, "features": MODELS_PAGE, "unusual": USING_PAGE}


@pytest.mark.parametrize("section", PAGES)
def test_the_documentation_has_a_place_for_the_table(section):
    text = PAGES[section].read_text(encoding="utf-8")
    assert "\nwritten\n" in with_section(text, section, "written")


def test_what_tells_unusual_images_is_in_the_table():
    """The ratio tells the two sets apart, although the likelihood has it the wrong way round."""
    clothes = np.array([[-9.0, -10.0], [-8.0, -9.5]])
    digits = np.array([[-5.0, -9.0], [-4.0, -8.5]])
    likelihood, ratio = unusual.rows(clothes, digits)
    assert likelihood[0] == "−ELBO" and likelihood[1].startswith("0.000")
    assert ratio[0] == "LLR>1" and ratio[1].startswith("1.000")
