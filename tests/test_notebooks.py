"""The documentation's notebooks run, on small models."""

import json
import pathlib
import shlex
import shutil

import numpy as np
import pytest
from PIL import Image

import load_model as load_model_script
import main as main_script
from tests.backend_outputs import untraced

pytestmark = pytest.mark.tensorflow

NOTEBOOKS = pathlib.Path(__file__).parents[1] / "docs" / "notebooks"
SCRIPTS = {"main.py": main_script.main, "load_model.py": load_model_script.main}
#: A tiny model, for the notebook that trains.
TINY = (
    "--epochs 1 --limit_train 8 --limit_eval 4 --batch_size 4 --num_scales 2 --enc_num_blocks 0 "
    "--dec_num_blocks 1 --z_width 2 --stage_in_width 4 --enc_middle_width 4 --dec_middle_width 4 "
    "--output_blocks 0 --z_out_width 4 --z_out_middle_width 4 --num_output_mixtures 2"
)


def run(name, tiny=""):
    """Run a notebook's cells in this process; returns its variables."""
    variables = {}
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            text = "".join(cell["source"])
            if text.startswith("!"):
                for line in text.splitlines():
                    _command(line, tiny)
            else:
                exec(compile(text, f"{name}.ipynb", "exec"), variables)
    return variables


def _command(line, tiny):
    _, script, *words = shlex.split(line[1:])
    if script == "main.py":
        words += shlex.split(tiny)
    assert SCRIPTS[script](words) == 0, line


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    with untraced():
        yield tmp_path


def test_a_trained_model_is_looked_into(desk, small_run):
    shutil.copytree(small_run, desk / "runs" / "demo")
    variables = run("look_inside")
    assert np.isfinite(variables["evaluation"].elbo).all()


def test_photographs_become_a_detector(desk):
    (desk / "photos").mkdir()
    rng = np.random.default_rng(0)
    for i in range(24):
        pixels = np.full((40, 48, 3), rng.integers(0, 256, 3), np.uint8)
        Image.fromarray(pixels).save(desk / "photos" / f"{i}.png")
    variables = run("photographs_to_detector", TINY)
    assert variables["unusualness"](variables["noise"]).shape == (4,)
