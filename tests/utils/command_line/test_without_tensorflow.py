"""Where TensorFlow is not installed, the other backends train, and use what was trained."""

import importlib.metadata
import json
import pathlib

import pytest

from tests.environments import Environment

pytestmark = pytest.mark.tensorflow  # in an environment of its own: once

ROOT = pathlib.Path(__file__).parents[3]
TINY = """--config digits --num_scales 1 --enc_num_blocks 0 --dec_num_blocks 1 --stage_in_width 4
    --enc_middle_width 4 --dec_middle_width 4 --z_width 2 --output_blocks 0
    --num_output_mixtures 2 --limit_train 32 --limit_eval 8 --batch_size 16 --epochs 1""".split()
COMMANDS = """
import importlib.util, json, sys
assert importlib.util.find_spec("tensorflow") is None
root, commands = sys.argv[1:]
sys.path.insert(0, root)
for script, *arguments in json.loads(commands):
    code = __import__(script).main(arguments)
    assert code == 0, (script, code)
"""


@pytest.fixture(scope="module")
def without_tensorflow(tmp_path_factory):
    """An `Environment` with all that is installed but TensorFlow."""
    environment = Environment(tmp_path_factory.mktemp("environment"))
    packages = pathlib.Path(importlib.metadata.distribution("keras").locate_file(""))
    for path in packages.iterdir():
        if "tensorflow" not in path.name:
            environment.link(path)
    return environment


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_trains_and_evaluates(backend, without_tensorflow, tmp_path):
    run, chosen = tmp_path / "tiny", ["--backend", backend]
    flags = [*TINY, "--remat", "block", "--save_dir", tmp_path, "--name", "tiny"]
    commands = [["main", *flags, *chosen], ["load_model", run, "evaluate", *chosen]]
    without_tensorflow.run(COMMANDS, ROOT, json.dumps(commands, default=str), cwd=tmp_path)
    assert (run / "evaluate" / "evaluation.json").exists()
