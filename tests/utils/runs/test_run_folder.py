import contextlib
import subprocess
import sys

import pytest
from filelock import FileLock

from hvae.errors import UserError
from hvae.files.atomic import making_folder
from utils.runs.run_folder import clear_place, default_name
from utils.runs.run_lock import run_lock


@pytest.fixture
def run(tmp_path):
    with making_folder(tmp_path / "a") as new:
        (new / "config.yaml").write_text("x: 1")
        assert not (tmp_path / "a").exists()
    return tmp_path / "a"


def test_a_name_that_exists_is_refused_unless_it_is_to_be_deleted(run):
    with pytest.raises(UserError, match="exists; give --resume .* or --reset"):
        clear_place(run, reset=False)
    assert (run / "config.yaml").exists()
    clear_place(run, reset=True)
    assert not list(run.parent.iterdir())
    clear_place(run, reset=False)


def test_an_empty_folder_is_no_dead_end(tmp_path):
    (tmp_path / "a").mkdir()
    clear_place(tmp_path / "a", reset=False)
    with making_folder(tmp_path / "a") as new:
        (new / "x").touch()
    assert (tmp_path / "a" / "x").exists()


def test_of_two_that_make_a_run_at_once_one_does(run):
    with pytest.raises(UserError, match="could not write .*/a .*; what was there is untouched"):
        with making_folder(run) as new:
            (new / "config.yaml").write_text("x: 2")
    assert (run / "config.yaml").read_text() == "x: 1" and list(run.parent.iterdir()) == [run]


def test_a_folder_that_is_no_run_is_never_deleted(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.tex").write_text("...")
    with pytest.raises(UserError, match="is not a run, it is not deleted"):
        clear_place(tmp_path / "precious", reset=True)
    assert (tmp_path / "precious" / "thesis.tex").exists()


HOLDS = """
import pathlib, sys
from utils.runs.run_lock import run_lock
with run_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_run_is_one_processs_until_that_is_dead(run):
    command = [sys.executable, "-c", HOLDS, str(run)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as other:
        assert other.stdout.readline() == b"held\n"
        message = rf"a is in use: process {other.pid} on \S+ since \d+-\d+-\d+ \d+:\d+:\d+"
        with pytest.raises(UserError, match=message), run_lock(run):
            pass
        with pytest.raises(UserError, match=message):
            clear_place(run, reset=True)
        assert (run / "config.yaml").exists()
        other.kill()
    with run_lock(run):
        pass


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
def test_a_run_is_free_again_however_its_training_has_ended(error, run, monkeypatch):
    # Kept: what is forgotten gives itself back.
    locks = []
    monkeypatch.setattr(
        "utils.runs.run_lock.FileLock", lambda path: locks.append(FileLock(path)) or locks[-1]
    )
    with contextlib.suppress(ZeroDivisionError), run_lock(run):
        assert locks[0].is_locked
        if error:
            raise error
    assert not locks[0].is_locked
    with run_lock(run):
        pass


def test_default_names_tell_config_and_date():
    assert default_name("cfg/digits.yaml").startswith("digits_20")
    assert default_name(None).startswith("run_20")
