import keras
import numpy as np
import pytest

from hvae.deploy import OpenVINOModel
from hvae.errors import UserError
from hvae.loading import load_model


@pytest.mark.tensorflow
def test_exports_a_run(use, small_run, tmp_path):
    folder = tmp_path / "deployed"
    flags = ["--parts", "generate", "--batch", 2, "--num_images", 2]
    lines = use("export", *flags, "--to", folder)
    assert lines[0].startswith("generate: off by ") and lines[1] == f"written: {folder}"
    images = OpenVINOModel(folder).generate(3, temperature=0.6, seed=5)
    expected = load_model(small_run).generate(3, temperature=0.6, seed=5)
    assert (np.asarray(images) != expected).mean() < 0.01


@pytest.mark.every_backend
@pytest.mark.skipif(keras.config.backend() == "tensorflow", reason="it is TensorFlow")
def test_other_backends_are_refused(use):
    with pytest.raises(UserError, match="backend: export runs under tensorflow, whichever"):
        use("export")


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--parts", "generate,decode"], "parts: allowed are .*encode, .* Received: decode"),
        (["--batch", "many"], "batch: must be a number from 1 to 4096, or dynamic. Received: many"),
        (["--batch", "0"], "batch: must be a number from 1 to 4096"),
        (["--format", "onnx", "--precision", "int8"], "precision: onnx allows fp32"),
        (["--max_bits_lost", "-1"], "max_bits_lost: must be at least 0"),
    ],
)
def test_mistakes(use, flags, message):
    with pytest.raises(UserError, match=message):
        use("export", *flags)


@pytest.mark.tensorflow
def test_missing_tensorflow_is_named(use, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match="runs under TensorFlow, whichever .* not installed"):
        use("export")
