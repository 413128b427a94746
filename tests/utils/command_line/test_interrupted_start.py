"""Signals while the two scripts import what reads their command lines."""

import pathlib
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[3]
SCRIPTS = ["main.py", "load_model.py"]
#: Both import it before they are ready for signals.
SLOW = "import time\nprint('importing', flush=True)\ntime.sleep(1)\nprint('on', flush=True)\n"
#: Tests that a script starts in the background, or by nohup, are to ignore signals: not these.
START = """
import os, signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), getattr(signal, sys.argv[1]))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def end(folder, script, number, action):
    """Exit code, output and errors after a signal while NumPy, a slow one, is imported."""
    (folder / "numpy.py").write_text(SLOW)
    with subprocess.Popen(
        [sys.executable, "-c", START, action, script, "--help"],
        cwd=ROOT,
        env={"PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "importing\n"
        process.send_signal(number)
        stdout, stderr = process.communicate()
    return process.returncode, stdout, stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_signal_while_modules_are_imported_ends_a_script_without_a_word(tmp_path, script, number):
    assert end(tmp_path, script, number, "SIG_DFL") == (-number, "", "")


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_interruption_that_is_ignored_stays_so_while_modules_are_imported(tmp_path, script):
    # It goes on, and finds that this is not NumPy.
    assert end(tmp_path, script, signal.SIGINT, "SIG_IGN")[:2] == (1, "on\n")


def test_who_imports_the_scripts_keeps_the_answers_to_signals():
    names = ", ".join(script.removesuffix(".py") for script in SCRIPTS)
    code = f"""
import signal
signals = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
before = [signal.getsignal(number) for number in signals]
import {names}
assert [signal.getsignal(number) for number in signals] == before
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
