"""Mistakes in the use of a run that are refused before a backend is loaded: each in one line."""

import zipfile

import pytest

import load_model
from tests.conftest import GOLDEN


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run that can be used, but by no mode that loads its weights: these are empty."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    with zipfile.ZipFile(GOLDEN / "run_format_0.zip") as archive:
        archive.extract("config.yaml", folder)
    (folder / "best_ema.weights.h5").touch()
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("reconstruct --num_images ²", "num_images: must be a whole number. Received: '²'"),
        ("explore --range 1,5", "range: must be a number. Received: '1,5'"),
        ("reconstruct --output median", "output: allowed are mean, mode, sample. Received: median"),
        ("reconstruct --seed", "seed: needs one value. Received: none"),
        ("interpolate --steps 3", "the following arguments are required: IMAGE"),
        ("reconstruct --mask_quantile 1 2", "mask_quantile: must be at most 1.0. Received: 2.0"),
        ("encode --mask_quantile nan", "mask_quantile: must be a finite number. Received: nan"),
        ("reconstruct --images 3 nowhere.png", "must be numbers in the split, or files. Received"),
        ("explore --images 3²", "images: must be numbers in the split, or files. Received: 3²"),
        ("detect --against -1", "images: must be numbers in the split, or files. Received: -1"),
        ("interpolate 0 nowhere", "must be numbers in the split, or files. Received: nowhere"),
        (f"bits --images {3000 * 'x'}", "x: File name too long"),
        ("generate --temperature linear:1:inf", "such as linear:0.6:0.9. Received: linear:1:inf"),
        ("decode", "no latents in RUN; python load_model.py RUN encode makes them, or name a file"),
        ("decode nowhere", "no such file of latents: nowhere"),
        ("decompress", "no compressed images in RUN; python load_model.py RUN compress makes them"),
        ("decompress nowhere", "no such file of compressed images: nowhere"),
        (
            "encode --gpu 0,x",
            "gpu: allowed are numbers of GPUs, as 0 or 0,1, or none. Received: 0,x",
        ),
        (
            "evaluate --devices 2 --backend torch",
            "devices: several share a batch under tensorflow and jax only. Received: 2 under torch",
        ),
        ("export --to RUN", "RUN is not an export, it is not replaced: manifest.json is missing"),
        ("export --to RUN/config.yaml", "RUN/config.yaml is not an export, it is not replaced: it"),
    ],
)
def test_one_line(run, capsys, arguments, message):
    words = [word.replace("RUN", str(run)) for word in arguments.split()]
    assert load_model.main([str(run), *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and len(error) < 1000
    assert message.replace("RUN", str(run)) in error
