import json

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.inference.evaluation import fid
from hvae.inference.generation.generator import Generator
from hvae.loading import load_model


@pytest.mark.every_backend
def test_what_was_measured_is_written(use, small_run, monkeypatch, tmp_path):
    """The samples are those of `generate`; everything that decides on the scores is named."""
    measured = {}

    def quality(samples, images, levels, weights_file, **options):
        measured.update(samples=list(samples[i] for i in range(len(samples))), images=images)
        return fid.SampleQuality(1.5, 2.5, 0.1, "torch-fidelity", "0.4.0", fid.INCEPTION)

    monkeypatch.setattr(fid, "sample_quality", quality)
    monkeypatch.setattr(fid, "inception_weights", lambda path: path)
    flags = ["--num_images", 12, "--temperature", 0.7, "--split", "test", "--num_split_images", 30]
    (tmp_path / "w.pth").touch()
    lines = use("fid", *flags, "--weights_file", tmp_path / "w.pth")
    expected = Generator(load_model(small_run))(12, 0.7)
    np.testing.assert_array_equal(measured["samples"], expected)
    assert len(measured["images"]) == 30
    path = lines[-1].removeprefix("written: ")
    results = json.loads(open(path).read())
    assert results["fid"] == 1.5 and results["inception_score"] == 2.5
    assert results["num_samples"] == 12 and results["num_split_images"] == 30
    assert results["temperature"] == [0.7] * 3 and results["split"] == "test split of digits"
    assert (results["implementation"], results["version"]) == ("torch-fidelity", "0.4.0")
    assert results["weights_file"].endswith("w.pth")


def test_without_weights_it_says_so_before_the_model_is_loaded(use, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(UserError, match="weights are missing: download https"):
        use("fid")
    with pytest.raises(UserError, match="weights_file: no such file. Received: .*none.pth"):
        use("fid", "--weights_file", tmp_path / "none.pth")
