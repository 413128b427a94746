import json

import numpy as np
import pytest

from hvae.errors import UserError
from utils.modes.shared.separation import separation


@pytest.mark.every_backend
def test_images_that_are_not_digits_are_found(small_run, use, tmp_path):
    noise = np.random.default_rng(0).integers(0, 17, (40, 8, 8, 1)).astype(np.uint8)
    np.save(tmp_path / "noise.npy", noise)
    lines = use("detect", "--num_images", 30, "--against", tmp_path / "noise.npy")
    folder = small_run / "detect"
    results = json.loads((folder / "unusual.json").read_text())
    with np.load(folder / "unusual.npz", allow_pickle=False) as arrays:
        assert list(arrays["lowest"]) == [1, 2] and arrays["ratio_nats"].shape == (30, 2)
        own, other = arrays["ratio_nats"], arrays["against_ratio_nats"]
        usual, p_values = arrays["validation_ratio_nats"], arrays["p_value"]
    assert results["score"] == 2
    at_least = (usual[None, :, 1] >= own[:, 1, None]).sum(axis=1)
    np.testing.assert_allclose(p_values, (1 + at_least) / (1 + len(usual)))
    for row, column in zip(results["against"][1:], (0, 1)):
        above = (other[:, column][:, None] > own[:, column]).mean()
        assert row["auroc"][0] == pytest.approx(above, abs=1e-6)
        assert row["auroc"][1] <= row["auroc"][0] <= row["auroc"][2]
    assert any("LLR>2: AUROC" in line for line in lines)
    for name in ("unusual", "roc"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "flags, message",
    [
        (("--lowest", 3), "lowest: must be 1 to 2 of 3 blocks. Received: 3"),
        (("--lowest", 1, "--score", 2), r"score: must be one of lowest, \[1\]. Received: 2"),
        (("--score", 0), "score: must be at least 1. Received: 0"),
    ],
)
def test_levels_that_there_are_not_are_refused(flags, message, use):
    with pytest.raises(UserError, match=message):
        use("detect", *flags)


def test_separation_of_two_sets():
    """Of the second set's scores 3 lies above both others, 1.5 above one."""
    found = separation(np.array([1.0, 2.0]), np.array([1.5, 3.0]))
    assert found.auroc[0] == 0.75
    assert found.auprc[0] == pytest.approx((1 + 2 / 3) / 2)
    assert found.fpr80[0] == 0.5
