"""A family is its folder: without it, everything else is as before."""

import ast
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

from hvae.families import FAMILIES

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def without_lvae(tmp_path_factory):
    """Function from arguments of `main.py` to what it does in a copy without the Ladder VAE."""
    folder = tmp_path_factory.mktemp("without_lvae")
    for name in ("hvae", "data", "utils", "cfg"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "main.py", folder)
    shutil.rmtree(folder / "hvae" / "families" / "lvae")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

    def run(*arguments):
        command = [sys.executable, "main.py", *arguments]
        options = {"cwd": folder, "env": environment, "capture_output": True, "text": True}
        return subprocess.run(command, **options)

    return run


def test_its_flags_are_gone_and_only_those(without_lvae):
    done = without_lvae("--help")
    assert done.returncode == 0, done.stderr
    assert "--channel_towers" in done.stdout and "--z_width" in done.stdout
    assert "--zdims" not in done.stdout and "model_family lvae" not in done.stdout


@pytest.mark.parametrize("name", ["digits", "digits_nvae", "digits_efficient"])
def test_configurations_of_the_others_are_as_before(without_lvae, name):
    done = without_lvae("--config", name, "--print_config")
    command = [sys.executable, "main.py", "--config", name, "--print_config"]
    before = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout) == yaml.safe_load(before.stdout)


def test_its_own_are_refused(without_lvae):
    done = without_lvae("--config", "digits_lvae", "--print_config")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "model_family: allowed are efficient_vdvae, nvae, vdvae. Received: lvae" in done.stderr


@pytest.mark.parametrize("family", FAMILIES.names())
def test_nobody_but_readers_of_published_code_imports_a_family(family):
    """So that what builds the other families is there without it."""
    package = f"hvae.families.{family}"
    for path in (ROOT / "hvae").rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        if parts[:3] == ("hvae", "families", family) or parts[1] == "published":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not any(f"{name}.".startswith(f"{package}.") for name in names), path
