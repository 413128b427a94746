"""Ends that no Python code sees."""

import pathlib
import signal
import subprocess
import sys

import pytest

from utils.command_line import native_end

ROOT = pathlib.Path(__file__).parents[3]
STARTED = """
import os, signal, sys
from utils.command_line.native_end import report_native_end
# Tests that a script starts in the background are to ignore interruptions.
signal.signal(signal.SIGINT, signal.default_int_handler)
report_native_end()
print("working", end="", file=sys.stderr, flush=True)
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", STARTED + code], cwd=ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("code", "number", "name"),
    [
        ("import ctypes; ctypes.string_at(0)", signal.SIGSEGV, "Segmentation fault"),
        ("os.abort()", signal.SIGABRT, "Aborted"),
    ],
)
def test_a_crash_ends_in_one_line(code, number, name):
    returncode, stderr = run(code)
    assert returncode == -number
    assert stderr.startswith(f"working\nerror: native code has crashed ({name}); try TF_")
    assert stderr.count("\n") == 2


def test_an_abort_of_one_process_of_several_is_a_loss_of_the_others(monkeypatch):
    monkeypatch.setenv("KERAS_DISTRIBUTION_JOB_ADDRESSES", "a:1,b:2")
    returncode, stderr = run("os.abort()")
    assert returncode == -signal.SIGABRT
    assert "no longer hears from the others, of which the first is at a:1; python main.py" in stderr


@pytest.mark.parametrize(
    ("code", "returncode"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("os._exit(4)", 4),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_any_other_end_is_as_it_was(code, returncode):
    assert run(code) == (returncode, "working")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    ("end", "stderr"),
    [("os.abort()", "error: native code has crashed (Aborted); try TF_"), ("sys.exit(5)", "")],
)
def test_a_signal_to_both_processes_hides_no_crash_and_says_nothing_itself(number, end, stderr):
    code = f"""
class Asked(Exception):
    pass
def answer(number, frame):
    raise Asked
signal.signal({int(number)}, answer)
try:
    os.killpg(os.getpgrp(), {int(number)})
    signal.pause()
except Asked:
    import time
    time.sleep(0.2)  # the other process has had it too
    {end}
"""
    done = subprocess.run(
        [sys.executable, "-c", STARTED + code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert done.stderr.removeprefix("working").strip()[: len(stderr) or None] == stderr
    assert done.returncode == (5 if "exit" in end else -signal.SIGABRT)


def test_the_innermost_line_of_the_package_is_named():
    files = ["/elsewhere/keras/layer.py", ROOT / "hvae" / "model.py", ROOT / "main.py"]
    stack = "".join(f'  File "{file}", line {i} in f\n' for i, file in enumerate(files, 5))
    report = f"Fatal Python error: Aborted\n\nCurrent thread 0x1:\n{stack}"
    place = pathlib.Path("hvae", "model.py")
    assert f"(Aborted) under {place}, line 6; " in native_end._line(report, False)


def test_memory_that_ran_out_is_named():
    assert "memory ran out" in native_end._line("", killed_for_memory=True)
    # Another process was ended for memory while this one went on to its end.
    assert native_end._line(native_end._FAREWELL, killed_for_memory=True) is None
