"""An exported model runs where nothing but NumPy and OpenVINO is installed."""

import pathlib

import numpy as np
import pytest

import hvae
from tests.environments import Environment

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
model.compress(images, sys.argv[3])
assert np.array_equal(model.decompress(sys.argv[3]), images)
"""


def test_runs_without_keras(vdvae, running, tmp_path):
    environment = Environment(tmp_path / "environment")
    environment.link_distributions("numpy", "openvino", "openvino-telemetry", "constriction")
    environment.link(pathlib.Path(hvae.__file__).parent)
    files = (tmp_path / "result.npz", tmp_path / "images.hvae")
    environment.run(CODE, vdvae.folder, *files, cwd=tmp_path)
    result = np.load(tmp_path / "result.npz")
    images = running("vdvae").generate(4, temperature=0.8, seed=1)
    np.testing.assert_array_equal(result["images"], images)
    np.testing.assert_allclose(result["elbo"], running("vdvae").score(images).elbo, rtol=1e-6)
