"""The tables that compare families and features, from made-up results."""

import json
import subprocess
import types

import numpy as np
import pytest

from benchmarks import families, features, seeds, unusual
from benchmarks.by_clock import updates_by_clock
from benchmarks.compression import PAGE as COMPRESSION_PAGE
from benchmarks.quality import table
from benchmarks.quality.chart import common_curves
from benchmarks.quality.published import reckoned
from benchmarks.readme import FRONT_PAGE, MODELS_PAGE, USING_PAGE
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
    kept, started, environments = tmp_path / "kept.json", [], []
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)

    def run(command, check, env):
        environments.append(env.get("TF_NUM_INTRAOP_THREADS"))
        label, seed, out = command[4:7]
        started.append((label, seed, *command[7:]))
        with open(out, "w") as file:
            json.dump({"bits_per_dim": [float(seed)]}, file)

    monkeypatch.setattr(subprocess, "run", run)
    typed = types.SimpleNamespace(seeds=[0, 1], results=str(kept), finished=False)
    results = seeds.trained("m", ("a", "b --c"), typed, "--seconds", "3")
    assert results["b --c"] == [{"bits_per_dim": [0.0]}, {"bits_per_dim": [1.0]}]
    assert ("b --c", "1", "--seconds", "3") in started and len(started) == 4
    typed.seeds = [1, 2]
    assert seeds.trained("m", ("a",), typed)["a"][1] == {"bits_per_dim": [2.0]}
    assert started[4:] == [("a", "2")] and set(environments) == {None}
    typed.seeds = [3, 4]
    seeds.trained("m", ("a",), typed, side_by_side=2)
    assert environments[5:] == ["1", "1"]
    # "a" has the seeds 0 to 4, "b --c" the first two.
    typed.finished = True
    assert len(seeds.trained("m", ("a",), typed)["a"]) == 2
    typed.seeds = [0, 1, 2]
    assert [len(of) for of in seeds.trained("m", ("a", "b --c"), typed).values()] == [2, 2]
    typed.seeds = [3]
    with pytest.raises(SystemExit, match="no seed of all of a, b --c"):
        seeds.trained("m", ("a", "b --c"), typed)


def of_quality(*nats):
    """Results of one family, a seed for each final −ELBO."""
    return [
        {
            "config": "mnist_small_nvae",
            "parameters": 123456,
            "minutes": 2.0,
            "batch_size": 64,
            "updates": 1000 + 10 * i,
            "curve": [[0.5 + 0.1 * i, 1, 500.0], [2.0, 1000, value]],
            "elbo_nats": value,
            "bounds_nats": [value, value - 1.0, value - 2.0],
            "images": [55000, 5000, 10000],
            "machine": "a machine",
        }
        for i, value in enumerate(nats)
    ]


def test_quality_is_the_mean_of_the_seeds_with_their_deviation():
    results = {"mnist": {"nvae": of_quality(100.0, 104.0)}, "fashion": {"nvae": of_quality(230.0)}}
    seeds_of_both = "over seeds, 2 of MNIST and 1 of Fashion-MNIST, which are up to 4 nats apart"
    assert seeds_of_both in table.short(results)
    row = table.short(results).splitlines()[-1].split(" | ")
    assert row == [
        "| `nvae`", "123,456", "102.00 ± 2.83", "100.00 ± 2.83", "230.00", "228.00 |"
    ]  # fmt: skip
    long = table.long(results).splitlines()
    assert long[0].endswith("published nats of MNIST are of Larochelle's. a machine.")
    assert long[-2].startswith("| MNIST | `mnist_small_nvae` | 1,005 | 64,320 | 33 | 102.00 ± 2.83")
    assert long[-2].endswith("| 100.00 104.00 |") and len(long) == 6
    results["mnist"]["nvae"][0]["images"][0] = 50000
    assert "those of Larochelle" in table.short(results)
    results["fashion"]["nvae"][0]["minutes"] = 3.0
    with pytest.raises(ValueError):
        table.short(results)


def test_what_published_results_would_take_is_reckoned():
    text = reckoned(0.864, 64, 1000, 900)
    assert "864 ms of one core: an epoch 0.2 hours" in text
    assert "1,000 epochs (900,000 updates) 9.0 days (reckoned" in text


def test_curves_are_compared_at_minutes_that_all_have():
    minutes, nats = common_curves([r["curve"] for r in of_quality(100.0, 200.0)])
    assert minutes[[0, -1]].tolist() == [0.6, 2.0]
    np.testing.assert_allclose(nats, [[500 - 400 / 15, 100], [500, 200]])


def test_the_whole_schedule_is_in_the_given_time():
    """Of ten epochs of two batches there are as many as the time allows, at the right rate."""
    rates = []

    class Batches:
        def __len__(self):
            return 2

        def epoch(self, index):
            return iter([index, index])

    names = ("learning_rate", "beta", "is_balanced", "regularization_factor")
    trainer = types.SimpleNamespace(
        config=types.SimpleNamespace(epochs=10), **dict.fromkeys(names, lambda update: update)
    )
    trainer.train_batch = lambda images: rates.append(trainer.learning_rate(7))
    share = iter(np.arange(19) / 16)
    updates = list(updates_by_clock(trainer, Batches(), lambda: next(share)))
    assert len(updates) == len(rates) == 9
    np.testing.assert_allclose(rates, 20 * np.append(np.arange(1, 16, 2) / 16, 1.0))


PAGES = [
    ("families", MODELS_PAGE),
    ("features", MODELS_PAGE),
    ("quality", MODELS_PAGE),
    ("quality", FRONT_PAGE),
    ("quality published", MODELS_PAGE),
    ("unusual", USING_PAGE),
    ("unusual", FRONT_PAGE),
    ("compression", FRONT_PAGE),
    ("compression", COMPRESSION_PAGE),
]


@pytest.mark.parametrize(("section", "page"), PAGES)
def test_the_documentation_has_a_place_for_the_table(section, page):
    text = page.read_text(encoding="utf-8")
    assert "\nwritten\n" in with_section(text, section, "written")


def test_what_tells_unusual_images_is_in_the_table():
    """The ratio tells the two sets apart, although the likelihood has it the wrong way round."""
    clothes = np.array([[-9.0, -10.0], [-8.0, -9.5]])
    digits = np.array([[-5.0, -9.0], [-4.0, -8.5]])
    likelihood, ratio = unusual.rows(clothes, digits)
    assert likelihood[0] == "−ELBO" and likelihood[1].startswith("0.000")
    assert ratio[0] == "LLR>1" and ratio[1].startswith("1.000")


def test_how_long_the_model_was_trained_is_said(tmp_path):
    """100 updates at 32 images a second and 100 at 64: 200 and 100 seconds."""
    (tmp_path / "metrics.csv").write_text(
        "epoch,updates,images_per_second\n1,100,32.0\n2,200,64.0\n"
    )
    expected = "trained for 2 epochs, 200 updates of 64 images, in 5 minutes"
    assert unusual.training(tmp_path, 64) == expected
