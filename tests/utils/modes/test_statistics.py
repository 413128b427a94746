import json
import shutil

import numpy as np
import pytest

from data.load import load_splits
from hvae.errors import UserError
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.loading import load_model
from utils.modes.shared.statistics_file import read_statistics


@pytest.fixture(scope="module")
def run(small_run, tmp_path_factory):
    """A copy: other tests need a run without statistics."""
    return shutil.copytree(small_run, tmp_path_factory.mktemp("runs") / "statistics")


@pytest.fixture(scope="module")
def lines(run, use):
    arguments = ["--share", 0.02, "--mask_quantile", 0.1, "--seed", 3, "--batch_size", 8]
    return use("statistics", *arguments, folder=run)


def test_without_statistics_the_command_that_makes_them_is_named(tmp_path):
    with pytest.raises(UserError, match=f"no statistics in .*load_model.py {tmp_path} statistics"):
        read_statistics(tmp_path)


@pytest.mark.every_backend
def test_the_file_holds_the_average_kl_of_the_chosen_images(run, lines):
    statistics = read_statistics(run)
    assert statistics.images == round(0.02 * 1437) and statistics.seed == 3
    assert statistics.images_name == "0.02 of the train split of digits"
    assert statistics.scales == ("4x4", "8x8", "8x8")
    assert statistics.weights.startswith("best ema weights")
    train = load_splits("digits").train
    chosen = np.sort(np.random.default_rng(3).choice(1437, 29, replace=False))
    evaluate = Evaluator(load_model(run), batch_size=10)
    expected = evaluate(train[chosen], seed=3, numbers=chosen).kl_of_units
    for kl, values in zip(statistics.kl_of_units, expected, strict=True):
        np.testing.assert_allclose(kl, values, rtol=1e-5)


def test_it_says_what_the_mask_carries(run, lines):
    kl = np.concatenate([kl.ravel() for kl in read_statistics(run).kl_of_units])
    kept = round(0.1 * kl.size)
    share = np.sort(kl)[-kept:].sum() / kl.sum()
    results = json.loads((run / "statistics" / "statistics.json").read_text())
    assert results["mask_variables"] == kept == sum(results["mask_variables_of_blocks"])
    assert results["mask_share_of_kl"] == pytest.approx(share)
    assert any(
        f"{kept} of {kl.size} variables (0.1 of them) carry {100 * share:.1f} %" in line
        for line in lines
    )
    assert (run / "statistics" / "statistics.png").read_bytes().startswith(b"\x89PNG")


def test_the_newest_counts_and_a_damaged_one_is_named(run, lines, use):
    use("statistics", "--share", 0.01, folder=run)
    assert read_statistics(run).images == 14
    path = run / "statistics" / "statistics_2.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match="statistics_2.npz is damaged .* makes it anew"):
        read_statistics(run)
    path.unlink()
    assert read_statistics(run).images == 29


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--share", 0], "share: must be above 0 and at most 1. Received: 0"),
        (["--share", 1.5], "share: must be above 0 and at most 1. Received: 1.5"),
        (["--mask_quantile", "nan"], "mask_quantile: must be a finite number. Received: nan"),
    ],
)
def test_what_is_no_share_is_refused(use, flags, message):
    with pytest.raises(UserError, match=message):
        use("statistics", *flags)
