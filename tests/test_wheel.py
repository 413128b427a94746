"""The wheel is all that is needed: to train, load and export; and to run what was exported."""

import pathlib
import shutil
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

from tests.environments import Environment

pytestmark = pytest.mark.tensorflow

ROOT = pathlib.Path(__file__).parents[1]
#: What setuptools could take for part of the package, if it were told wrong.
TREE = ("hvae", "benchmarks", "cfg", "data", "tests", "utils")

TRAIN = """
import pathlib, sys
import numpy as np
import openvino_telemetry
import hvae
from hvae.export.exporter import Exporter
from hvae.families.vdvae import VDVAEConfig

# As in conftest.py, which is not here.
openvino_telemetry.Telemetry.send_event = lambda *arguments, **options: None

environment, folder = map(pathlib.Path, sys.argv[1:])
assert environment in pathlib.Path(hvae.__file__).parents, hvae.__file__
config = VDVAEConfig(
    image_size=(8, 8), image_channels=1, levels=17, num_scales=1, stage_in_width=8,
    enc_middle_width=8, dec_middle_width=8, z_width=2, enc_num_blocks=0, dec_num_blocks=1,
    output_blocks=0, z_out_width=8, z_out_middle_width=8, num_output_mixtures=2,
)
images = np.random.default_rng(0).integers(0, 17, (12, 8, 8, 1)).astype("uint8")
model = hvae.HVAE(config)
before = model.get_weights()
model.compile("adamax")
model.fit(images, batch_size=4, epochs=1, verbose=0)
assert int(model.optimizer.iterations) == 3
assert any((a != b).any() for a, b in zip(before, model.get_weights()))
hvae.save_model(model, folder / "model.keras")
loaded = hvae.load_model(folder / "model.keras")
for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
    np.testing.assert_array_equal(a, b)
Exporter(loaded)(folder / "openvino", images, ("generate", "score"))
np.savez(folder / "own.npz", images=images, generated=loaded.generate(4, seed=1))
"""
DEPLOY = """
import importlib.util, pathlib, sys
import numpy as np
from hvae.deploy import OpenVINOModel

assert importlib.util.find_spec("keras") is None
folder = pathlib.Path(sys.argv[1])
model = OpenVINOModel(folder / "openvino")
own = np.load(folder / "own.npz")
assert (model.generate(4, seed=1) == own["generated"]).all()
assert np.isfinite(model.score(own["images"]).elbo).all()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Path of the wheel, built of a copy of the working tree."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in TREE:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "main.py", "load_model.py"):
        shutil.copy(ROOT / name, source)
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder]
    pip("wheel", *options, source)
    (path,) = folder.iterdir()
    return path


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def installed(wheel, folder):
    """A new `Environment` with the wheel alone."""
    environment = Environment(folder)
    pip("--python", environment.python, "install", "--no-deps", "--no-index", "--no-compile", wheel)
    return environment


def test_it_holds_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    info = f"hvae-{wheel.name.split('-')[1]}.dist-info"
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "hvae").rglob("*")
        if path.suffix == ".py" or path.name == "py.typed"
    }
    assert {name for name in names if not name.startswith(f"{info}/")} == package
    assert f"{info}/licenses/LICENSE" in names


def test_it_trains_loads_and_exports_and_what_it_exports_runs_without_keras(wheel, tmp_path):
    empty, results = tmp_path / "empty", tmp_path / "results"
    empty.mkdir(), results.mkdir()
    training = installed(wheel, tmp_path / "training")
    # What it depends on is where keras is; a path file adds that behind its own packages.
    dependencies = pathlib.Path(keras.__file__).parents[1]
    (training.site_packages / "dependencies.pth").write_text(f"{dependencies}\n")
    training.run(TRAIN, training.site_packages, results, cwd=empty)
    deployment = installed(wheel, tmp_path / "deployment")
    deployment.link_distributions("numpy", "openvino", "openvino-telemetry")
    deployment.run(DEPLOY, results, cwd=empty)
    assert np.load(results / "own.npz")["generated"].shape == (4, 8, 8, 1)
    assert not list(empty.iterdir())
