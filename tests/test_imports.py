"""Which part may import which."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
FILES = [p for folder in ("hvae", "data", "utils") for p in (ROOT / folder).rglob("*.py")]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path):
    parts = path.relative_to(ROOT).parts
    packages = {name.split(".")[0] for name in imported(path)}
    if parts[0] == "hvae":
        assert not packages & {"data", "utils", "main", "load_model"}
    if parts[0] == "data":
        assert "utils" not in packages
        assert not any(name.startswith("hvae.model") for name in imported(path))
    if "tensorflow" in packages:
        assert parts[0] == "data" or parts[:2] == ("hvae", "training")
    assert "jax" not in packages
    # Published files in PyTorch's own format need PyTorch to be read; torch-fidelity runs on it.
    needs_torch = parts[:2] == ("hvae", "published") or parts == ("hvae", "inference", "fid.py")
    assert "torch" not in packages or needs_torch


def test_importing_hvae_does_not_choose_a_backend():
    import subprocess
    import sys

    code = "import hvae, hvae.config, sys; assert 'keras' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
