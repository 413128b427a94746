"""An exported model runs where nothing but NumPy and OpenVINO is installed."""

import importlib.metadata
import pathlib
import subprocess
import venv

import numpy as np
import pytest

import hvae

pytestmark = pytest.mark.tensorflow

CODE = """
import importlib.util, sys
import numpy as np
from hvae.deploy import OpenVINOModel

for name in ("keras", "tensorflow", "yaml", "h5py", "scipy"):
    assert importlib.util.find_spec(name) is None, name
model = OpenVINOModel(sys.argv[1])
images = model.generate(4, temperature=0.8, seed=1)
np.savez(sys.argv[2], images=images, elbo=model.score(images).elbo)
"""


def folders_of(distribution):
    """What a distribution has put into site-packages."""
    files = importlib.metadata.files(distribution)
    names = {file.parts[0] for file in files if file.parts[0] != ".."}
    return [
        pathlib.Path(importlib.metadata.distribution(distribution).locate_file(n)) for n in names
    ]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of an environment with this package, NumPy and OpenVINO."""
    environment = tmp_path_factory.mktemp("deployed")
    venv.create(environment, with_pip=False, symlinks=True)
    (site_packages,) = environment.glob("lib/python*/site-packages")
    installed = [pathlib.Path(hvae.__file__).parent]
    for distribution in ("numpy", "openvino", "openvino-telemetry"):
        installed += folders_of(distribution)
    for path in installed:
        (site_packages / path.name).symlink_to(path)
    return environment / "bin" / "python"


def test_runs_without_keras(python, vdvae, running, tmp_path):
    command = [python, "-I", "-c", CODE, vdvae.folder, tmp_path / "result.npz"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    result = np.load(tmp_path / "result.npz")
    images = running("vdvae").generate(4, temperature=0.8, seed=1)
    np.testing.assert_array_equal(result["images"], images)
    np.testing.assert_allclose(result["elbo"], running("vdvae").score(images).elbo, rtol=1e-6)
