"""The two commands, from a training run to its evaluation."""

import contextlib
import json
import os
import pathlib
import re
import runpy
import shutil
import subprocess
import sys

import numpy as np
import pytest

import load_model
import main
from hvae.files.states import state_files

pytestmark = [pytest.mark.tensorflow, pytest.mark.usefixtures("environment_stays")]

ROOT = pathlib.Path(__file__).parents[3]
TINY = """--config digits --num_scales 1 --enc_num_blocks 0 --dec_num_blocks 1 --stage_in_width 8
    --enc_middle_width 8 --dec_middle_width 8 --z_width 2 --output_blocks 0 --z_out_width 8
    --z_out_middle_width 8 --limit_train 64 --limit_eval 20 --batch_size 16 --no-jit""".split()


def start(script, *arguments, backend=None):
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    if backend:
        environment["KERAS_BACKEND"] = backend
    command = [sys.executable, script, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)


def run(*typed, **options):
    with start(*typed, **options) as process:
        stdout, stderr = process.communicate()
    return subprocess.CompletedProcess(typed, process.returncode, stdout, stderr)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    flags = ["--epochs", 2, "--seed", 3, "--save_dir", folder, "--name", "tiny"]
    done = run("main.py", *TINY, *flags)
    assert done.returncode == 0, done.stderr
    return folder / "tiny", done


def test_training_leaves_a_complete_run(trained):
    folder, done = trained
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "config.yaml",
        "versions.yaml",
        "data.json",
        "metrics.csv",
        "metrics.jsonl",
        "resume_00000004.npz",
        "resume_00000008.npz",
        ".lock",
        ".lock-holder",
        "tensorboard",
        "figures",
        "best_ema.weights.h5",
        "best_raw.weights.h5",
        "latest_ema.weights.h5",
        "latest_raw.weights.h5",
    }
    figures = {path.name for path in (folder / "figures").iterdir()}
    assert figures == {
        "training_curves.png",
        "reconstructions.png",
        "samples.png",
        "kl_per_scale.png",
    }
    for figure in figures:
        assert f"figure: {folder}/figures/{figure}" in done.stdout
        assert (folder / "figures" / figure).read_bytes().startswith(b"\x89PNG")
    # What is no terminal gets no bars and no clocks.
    assert "\r" not in done.stderr and "images/s]" not in done.stderr
    assert "epoch 2/2  train -ELBO" in done.stdout and "bits/dim" in done.stdout
    assert "Traceback" not in done.stderr and "absl" not in done.stderr
    assert_best_is_as_it_was(done.stdout)


def assert_best_is_as_it_was(text):
    """At the end: the numbers of the line that the best epoch had."""
    number = r"(\d+\.\d{4})"
    terms = rf"-ELBO {number} = NLL {number} \+ KL {number} bits/dim \*best"
    *_, best = re.finditer(rf"epoch (\d+)/.* validation {terms}", text)
    end = text[text.rindex(f"best epoch {best.group(1)}, validation (20 images)") :]
    names = ("-ELBO", "NLL", "KL")
    found = [re.search(rf" {name} +{number} ± .* bits/dim \(.* nats\)", end) for name in names]
    assert [match.group(1) for match in found] == list(best.groups()[1:])


def test_it_can_be_resumed_to_more_epochs(trained, capsys):
    folder, _ = trained
    assert main.main(["--resume", str(folder), "--epochs", "3"]) == 0
    printed = capsys.readouterr().out
    assert "after epoch 2, update 8" in printed and "epoch 3/3" in printed
    assert_best_is_as_it_was(trained[1].stdout + printed.partition("resuming")[2])
    rows = (folder / "metrics.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", "1", "2", "3"]


def test_a_training_that_is_terminated_saves_first(trained, tmp_path):
    folder = shutil.copytree(trained[0], tmp_path / "run")
    flags = ("--resume", folder, "--epochs", 100000)
    with start("main.py", *flags, backend="torch") as process:
        try:
            assert any(line.startswith("epoch ") for line in process.stdout)
            process.terminate()
            stdout, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 143 and stderr.splitlines()[-1] == "terminated"
    saved = re.search(r"saved after update (\d+); go on with: python main.py --resume ", stdout)
    assert state_files(folder)[0].name == f"resume_{int(saved[1]):08d}.npz"


@pytest.mark.parametrize("script", ["main.py", "load_model.py"])
def test_both_answer_signals_all_the_time(script, monkeypatch):
    seen = []

    @contextlib.contextmanager
    def answered():
        seen.append("answered from here")
        yield
        seen.append("to here")

    monkeypatch.setattr("signal.signal", lambda *given: None)  # the tests keep their interruptions
    monkeypatch.setattr("utils.command_line.ending.signals_answered", answered)
    monkeypatch.setattr("utils.command_line.native_end.report_native_end", lambda: None)
    monkeypatch.setattr(
        "utils.command_line.script.run_script", lambda *given: seen.append("work") or 7
    )
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / script), run_name="__main__")
    assert ended.value.code == 7 and seen == ["answered from here", "work", "to here"]


def test_evaluation_is_the_same_under_another_backend(trained, capsys):
    """The flag chooses the backend, and without it the environment."""
    folder, _ = trained
    evaluate = [folder, "evaluate", "--weights", "raw", "--split", "train", "--num_images", 20]
    evaluate = list(map(str, [*evaluate, "--num_samples", 2]))
    printed, results = {}, {}
    # In this process, of which it is the backend; the others in their own.
    assert load_model.main([*evaluate, "--backend", "tensorflow"]) == 0
    printed["tensorflow"] = capsys.readouterr().out
    for backend, chosen in (("torch", []), ("jax", ["--backend", "jax", "--devices", 2])):
        done = run("load_model.py", *evaluate, *chosen, backend="torch")
        assert done.returncode == 0, done.stderr
        printed[backend] = done.stdout
    for (backend, text), number in zip(printed.items(), ("", "_2", "_3"), strict=True):
        assert "train split of digits, 20 images" in text
        assert f"best raw weights, {backend}" in text
        assert re.search(r"-ELBO +\d\.\d{4} ± 0\.\d{4} bits/dim", text)
        path = folder / "evaluate" / f"evaluation{number}.json"
        assert f"written: {path}" in text
        results[backend] = json.loads(path.read_text())
    for backend in ("torch", "jax"):
        for name, value in results["tensorflow"].items():
            if isinstance(value, float):
                np.testing.assert_allclose(results[backend][name], value, 1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "evaluate"], "no such run: nowhere"),
        (["cfg", "evaluate"], "cfg is not a run: config.yaml is missing"),
        ([], "the following arguments are required: RUN, MODE"),
        (["RUN"], "the following arguments are required: MODE"),
        (["RUN", "evalute"], "MODE: allowed are bits, card"),
        (["RUN", "evaluate", "--num_samples", "0"], "num_samples: must be at least 1. Received: 0"),
        (["RUN", "evaluate", "--wieghts", "raw"], "flag --wieghts; did you mean --weights?"),
        (
            ["RUN", "evaluate", "--split", "dev"],
            "split: allowed are train, validation, test. Received: dev",
        ),
    ],
)
def test_mistakes_get_one_line_and_exit_code_2(trained, arguments, message, capsys):
    arguments = [str(trained[0]) if argument == "RUN" else argument for argument in arguments]
    assert load_model.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_the_process_of_a_mistake_ends_alike():
    done = run("load_model.py", "nowhere", "evaluate")
    assert done.returncode == 2
    assert "no such run: nowhere" in done.stderr and done.stderr.count("\n") == 1


def test_a_name_that_exists_is_refused(trained):
    folder, _ = trained
    done = run("main.py", *TINY, "--save_dir", folder.parent, "--name", "tiny")
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert lines == [
        f"error: {folder} exists; give --resume to go on with it, or --reset to delete it"
    ]
