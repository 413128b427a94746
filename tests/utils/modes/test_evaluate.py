import json
import re
import shutil

import numpy as np
import pytest

from data.load import load_splits
from hvae.errors import UserError
from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound
from hvae.loading import load_model
from hvae.numerics.units import Reporter
from hvae.training.metrics import by_scale


@pytest.fixture(scope="module")
def written(small_run, use):
    lines = use("evaluate", "--num_images", 12, "--importance_samples", 5, 2)
    return lines, json.loads((small_run / "evaluate" / "evaluation.json").read_text())


def of_images(small_run, name="evaluation"):
    """Values of each image, by name."""
    return np.load(small_run / "evaluate" / f"{name}.npz", allow_pickle=False)


def test_blocks_add_up_to_scales_and_scales_to_all(written):
    _, results = written
    blocks = results["blocks"]
    assert [block["block"] for block in blocks] == [0, 1, 2]
    names = [block["scale"] for block in blocks]
    for term in ("kl_bits_per_dim", "active_units"):
        end = term.removeprefix("kl")
        for scale, total in by_scale([block[term] for block in blocks], names).items():
            name = f"kl_{scale}{end}" if term.startswith("kl") else f"active_units_{scale}"
            assert results[name] == pytest.approx(total)
    total = sum(block["kl_bits_per_dim"] for block in blocks)
    assert results["kl_bits_per_dim"] == pytest.approx(total)


@pytest.mark.every_backend
def test_the_importance_weighted_bound_has_its_unit_and_k(written, small_run):
    lines, results = written
    model, images = load_model(small_run), load_splits("digits").test[:12]
    assert results["importance_samples"] == 5
    assert results["importance_weighted_nll_standard_error_bits_per_dim"] > 0
    for k, row in zip((2, 5), results["importance_weighted"], strict=True):
        nats = -importance_weighted_bound(LogWeights(model), images, k).mean()
        bits = nats / (64 * np.log(2.0))
        assert row["importance_samples"] == k
        assert row["importance_weighted_nll_nats"] == pytest.approx(nats, rel=1e-6)
        assert row["importance_weighted_nll_bits_per_dim"] == pytest.approx(bits, rel=1e-6)
        text = rf"≤ {bits:.4f} ± 0\.\d+ bits/dim \({nats:.2f} ± \d+\.\d\d nats\), .* K = {k}$"
        assert any(re.search(text, line) for line in lines)
    for name, value in results["importance_weighted"][-1].items():
        assert results[name] == value
    assert -1 < results["ssim"] < 1 and any("SSIM" in line for line in lines)


@pytest.mark.every_backend
def test_an_image_s_numbers_do_not_depend_on_the_batch_nor_on_the_other_images(
    written, small_run, use
):
    """Each in batches of twelve, seven and one, and chosen out of its split."""
    with of_images(small_run) as arrays:
        expected = {name: arrays[name] for name in arrays.files}
    assert list(expected["numbers"]) == list(range(12))
    use("evaluate", "--num_images", 12, "--batch_size", 7, "--importance_samples", 2, 5)
    use("evaluate", "--images", 11, 4, "--batch_size", 1, "--importance_samples", 2, 5)
    for number, rows in ((2, range(12)), (3, [11, 4])):
        with of_images(small_run, f"evaluation_{number}") as arrays:
            assert list(arrays["numbers"]) == list(rows)
            for name in ("elbo_nats", "nll_nats", "ssim"):
                np.testing.assert_allclose(arrays[name], expected[name][rows], rtol=1e-6)
            name = "importance_weighted_nll_nats"
            np.testing.assert_allclose(arrays[name], expected[name][:, rows], rtol=1e-6)
            kl = expected["kl_nats"][rows]
            np.testing.assert_allclose(arrays["kl_nats"], kl, rtol=1e-6, atol=1e-5)


def test_discretized_images_are_quoted_in_both_units(written):
    lines, results = written
    text = r"-ELBO +{:.4f} ± 0\.\d+ bits/dim \({:.2f} ± \d+\.\d\d nats\)"
    values = [results[f"negative_elbo_{unit}"] for unit in ("bits_per_dim", "nats")]
    assert values[1] == pytest.approx(values[0] * 64 * np.log(2.0))
    assert any(re.search(text.format(*values), line) for line in lines)
    kl = [results[f"kl_4x4_{unit}"] for unit in ("bits_per_dim", "nats")]
    text = "KL at 4x4 +{:.4f} bits/dim \\({:.2f} nats\\), \\d+ of 32 units".format(*kl)
    assert any(re.search(text, line) for line in lines)


def test_binary_images_are_quoted_in_nats():
    report = Reporter("nats", 784)
    assert report.text(79.0912, 0.25) == "79.0912 ± 0.2500 nats"


def test_a_wrong_number_of_samples_is_refused(use):
    with pytest.raises(UserError, match="importance_samples: must be at least 0. Received: -1"):
        use("evaluate", "--importance_samples", 5, -1)


def test_what_one_image_has_no_error_of_is_null(small_run, use, tmp_path):
    """NaN is no JSON: other programs refuse the whole file."""
    shutil.copytree(small_run, tmp_path / "run", ignore=shutil.ignore_patterns("evaluate"))
    use("evaluate", "--images", 3, folder=tmp_path / "run")
    text = (tmp_path / "run" / "evaluate" / "evaluation.json").read_text()

    def refuse(name):
        raise ValueError(name)

    results = json.loads(text, parse_constant=refuse)
    assert results["images"] == 1
    assert results["nll_standard_error_bits_per_dim"] is None
    assert results["nll_bits_per_dim"] > 0


def test_the_figure_is_there(written, small_run):
    assert (small_run / "evaluate" / "kl_per_scale.png").read_bytes().startswith(b"\x89PNG")
