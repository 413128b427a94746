"""What importing Keras imports."""

import os
import subprocess
import sys

import pytest

from tests.test_imports import ROOT

OTHERS = {"jax", "matplotlib", "sklearn"}


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_only_what_is_used_is_imported_and_the_rest_can_be(backend):
    code = (
        "import sys; from utils.command_line.keras_import import import_keras\n"
        "import_keras(); print(*sys.modules)\n"
        "import jax, matplotlib.figure, sklearn.datasets"
    )
    imported = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": backend},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert {"keras", backend} <= set(imported)
    assert OTHERS & set(imported) == OTHERS & {backend}
