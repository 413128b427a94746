"""Runs of older versions are used and gone on with."""

import csv
import zipfile

import pytest
import yaml

import hvae
import main
from hvae.configuration.run_format import FORMAT
from hvae.errors import UserError
from hvae.files.states import state_files
from tests.conftest import GOLDEN
from utils.command_line.training_request import parse_training_arguments
from utils.command_line.use_request import parse_use_arguments
from utils.experiments.experiment import all_fields

pytestmark = pytest.mark.usefixtures("environment_stays")


@pytest.fixture
def run(tmp_path):
    """A run of before there were formats."""
    zipfile.ZipFile(GOLDEN / "run_format_0.zip").extractall(tmp_path / "old")
    return tmp_path / "old"


def test_its_weights_are_loaded(run):
    model = hvae.load_model(run)
    assert model.count_params() == 1930 and model.config.z_width == (2,)
    assert parse_use_arguments([str(run), "evaluate"]).experiment.model == model.config


def test_it_is_resumed_and_is_of_today_then(run, capsys):
    assert main.main(["--resume", str(run), "--epochs", "3", "--keep", "3"]) == 0
    assert "after epoch 2, update 8" in capsys.readouterr().out
    rows = list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert yaml.safe_load((run / "config.yaml").read_text())["run_format"] == FORMAT
    assert [path.name for path in state_files(run)] == [
        "resume_00000012.npz",
        "resume_00000009.npz",
        "resume.npz",
    ]
    # It is a file of configuration too, and a folder of its own as a copy.
    again = parse_training_arguments(["--config", str(run / "config.yaml"), "--name", "x"])
    assert again.experiment.training.epochs == 3
    for name, before, after, expected in (
        ("z_width", "[2]", "[3]", "z_width was \\[2\\] when .* Received: \\[3\\]"),
        ("\nseed", "0", "1", "seed was 0 when .* Received: 1"),
    ):
        text = (run / "config.yaml").read_text()
        (run / "config.yaml").write_text(text.replace(f"{name}: {before}", f"{name}: {after}"))
        with pytest.raises(UserError, match=f"config.yaml was changed: {expected}"):
            parse_training_arguments(["--resume", str(run)])
        (run / "config.yaml").write_text(text)
    text = (run / "config.yaml").read_text()
    (run / "config.yaml").write_text(text.replace("learning_rate: 0.01\n", "learning_rate: 0.02\n"))
    parse_training_arguments(["--resume", str(run)])
    said = capsys.readouterr().err
    assert "was changed: learning_rate was 0.01 when the state was saved, now it is 0.02" in said


def test_what_a_stop_kept_from_the_logs_is_there_and_what_it_began_is_not(
    run, left_over, monkeypatch
):
    def interrupted(fit):
        raise KeyboardInterrupt

    begun = [run / left_over("resume_00000009.npz"), run / "figures" / left_over("samples.png")]
    (run / "figures").mkdir()
    for path in begun:
        path.touch()
    (run / "metrics.csv").unlink()
    monkeypatch.setattr("hvae.training.fit.Fit.run", interrupted)
    assert main.main(["--resume", str(run)]) == 130
    rows = list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert len((run / "metrics.jsonl").read_text().splitlines()) == 2
    assert not any(path.exists() for path in begun)


@pytest.mark.parametrize("name", ["num_scales", "epochs", "dataset"])
def test_both_commands_name_a_field_that_is_missing(run, name):
    lines = (run / "config.yaml").read_text().splitlines()
    kept = [line for line in lines if not line.startswith(f"{name}:")]
    (run / "config.yaml").write_text("\n".join(kept))
    for read in (
        lambda: parse_training_arguments(["--resume", str(run)]),
        lambda: parse_use_arguments([str(run), "evaluate"]),
    ):
        with pytest.raises(UserError, match=f"config.yaml is damaged: {name} is missing"):
            read()
    if name == "num_scales":
        with pytest.raises(UserError, match=f"config.yaml is damaged: {name} is missing"):
            hvae.load_model(run)


def test_a_run_of_a_later_version_is_refused(run):
    text = (run / "config.yaml").read_text()
    for found in (FORMAT + 1, "'1'", -1):
        (run / "config.yaml").write_text(f"run_format: {found}\n{text}")
        with pytest.raises(UserError, match=f"run_format must be 0 to {FORMAT}, .*Received: "):
            hvae.load_model(run)


def test_a_run_without_a_state_says_what_can_be_done(run):
    (run / "resume.npz").unlink()
    with pytest.raises(UserError, match="has no state to go on from; its weights are there: --ini"):
        parse_training_arguments(["--resume", str(run)])
    (run / "best_ema.weights.h5").unlink()
    with pytest.raises(UserError, match="no state to go on from; --config .* --name NEW starts"):
        parse_training_arguments(["--resume", str(run)])


def test_every_field_says_since_when_it_is_there():
    """Those of a run without a format are all that say nothing."""
    with zipfile.ZipFile(GOLDEN / "run_format_0.zip") as archive:
        old = yaml.safe_load(archive.read("config.yaml"))
    families = [f.metadata["group"] for f in all_fields().values() if f.name in old]
    for name, field in all_fields().items():
        assert field.metadata["since"] <= FORMAT, name
        if field.metadata["group"] in families:
            assert (name in old) == (field.metadata["since"] == 0), f"{name}: say since={FORMAT}"
