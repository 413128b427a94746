import json

import numpy as np
import pytest

from data.load import load_splits
from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound
from hvae.loading import load_model
from hvae.training.metrics import by_scale


@pytest.fixture(scope="module")
def written(small_run, use):
    lines = use("evaluate", "--num_images", 12, "--importance_samples", 5)
    return lines, json.loads((small_run / "evaluate" / "evaluation.json").read_text())


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
    bound = importance_weighted_bound(LogWeights(model), images, 5)
    expected = -bound.mean() / (64 * np.log(2.0))
    assert results["importance_samples"] == 5
    assert results["importance_weighted_nll_bits_per_dim"] == pytest.approx(expected, rel=1e-6)
    assert results["importance_weighted_nll_standard_error_bits_per_dim"] > 0
    assert any("importance-weighted with K = 5" in line for line in lines)
    assert -1 < results["ssim"] < 1 and any("SSIM" in line for line in lines)


def test_the_figure_is_there(written, small_run):
    assert (small_run / "evaluate" / "kl_per_scale.png").read_bytes().startswith(b"\x89PNG")
