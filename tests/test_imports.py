"""Which part may import which."""

import ast
import pathlib
import sys

import pytest

import hvae

BACKENDS = {"tensorflow", "jax", "torch"}
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
    backends = packages & BACKENDS
    owner = path.stem.partition("_")[0]
    if parts[:3] == ("hvae", "training", "backends") and owner in BACKENDS:
        assert backends == {owner}
    # Published files in PyTorch's own format need PyTorch to be read; torch-fidelity runs on it.
    elif parts[:2] == ("hvae", "published") or parts[-2:] == ("evaluation", "fid.py"):
        assert backends <= {"torch"}
    else:
        assert not backends


def imported_at_once(path):
    """What importing a file imports: nothing that waits inside a function."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_a_deployed_model_needs_numpy_and_openvino_only():
    deploy = list((ROOT / "hvae" / "deploy").glob("*.py"))
    pending, seen, outside = [name for path in deploy for name in imported(path)], set(), set()
    while pending:
        name = pending.pop()
        if name.split(".")[0] != "hvae":
            outside.add(name.split(".")[0])
        elif name not in seen:
            seen.add(name)
            path = ROOT.joinpath(*name.split("."))
            path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            pending += [name.rpartition(".")[0] or "hvae", *imported_at_once(path)]
    assert outside - set(sys.stdlib_module_names) == {"numpy", "openvino"}


def test_importing_hvae_does_not_choose_a_backend():
    import subprocess

    code = "import hvae, hvae.config, sys; assert 'keras' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_public_names_are_listed_and_there():
    assert dir(hvae) == sorted(hvae.__all__)
    assert all(getattr(hvae, name) is not None for name in hvae.__all__)
