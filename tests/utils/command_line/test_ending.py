"""Signals that ask for an end, in processes of their own."""

import pathlib
import signal
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).parents[3]
STARTED = """
import hashlib, signal, sys, time
from utils.command_line import ending
from utils.command_line.script import run_script
# Tests that a script starts in the background, or by nohup, are to ignore these.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
for name in ending._PATIENCE:
    ending._PATIENCE[name] = 0.3

class Request:
    backend = "none"
    def set_environment(self): pass

def native():  # as compiling: nothing of Python's until it is done
    hashlib.pbkdf2_hmac("sha1", b"", b"", 10**9)

def go(work, before=lambda: None):
    before()
    with ending.signals_answered():
        print("ready", flush=True)
        code = run_script(lambda arguments: Request(), lambda: lambda request, display: work())
    ending.leave(code)
"""


def end(code, number):
    with subprocess.Popen(
        [sys.executable, "-c", STARTED + code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            if "started" in code:
                assert process.stdout.readline() == "started\n"
            process.send_signal(number)
            stdout, stderr = process.communicate(timeout=30)
        finally:
            process.kill()  # nothing that fails may go on beside the other tests
    return process.returncode, stdout, stderr.split("\r")[-1].strip().splitlines()


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "the terminal has gone"),
    ],
)
@pytest.mark.parametrize("work", ["native()", "time.sleep(20)"])
def test_a_signal_ends_a_command_in_time_whatever_it_does(number, code, word, work):
    found = end(f"go(lambda: (print('started', flush=True), {work}))", number)
    assert found[:2] == (code, "")
    assert [line for line in found[2] if not line.startswith("loading")] == [found[2][-1]]
    assert found[2][-1].startswith(word)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_asks_to_be_asked_ends_by_itself(number):
    code = """
def work():
    with ending.end_when_asked() as stop:
        print("started", flush=True)
        while not stop:
            time.sleep(0.01)
        print("saved", flush=True)
go(work)
"""
    assert end(code, number)[:2] == (128 + number, "saved\n")


def test_what_python_does_at_its_own_end_keeps_nobody_waiting():
    code = """
import atexit
atexit.register(lambda: (time.sleep(20), print("late")))
go(lambda: (print("started", flush=True), time.sleep(20)))
"""
    start = time.monotonic()
    assert end(code, signal.SIGTERM)[:2] == (143, "")
    assert time.monotonic() - start < 15


def test_what_an_interruption_leaves_to_be_done_is_done():
    code = """
def work():
    try:
        print("started", flush=True)
        time.sleep(20)
    finally:
        time.sleep(0.6)
        print("written", flush=True)
go(work)
"""
    assert end(code, signal.SIGINT)[:2] == (130, "written\n")


def test_a_signal_that_is_ignored_stays_ignored():
    for number in (signal.SIGINT, signal.SIGHUP):
        ignored = f"lambda: signal.signal({int(number)}, signal.SIG_IGN)"
        work = "lambda: (print('started', flush=True), time.sleep(1), print('on'))"
        assert end(f"go({work}, {ignored})", number)[:2] == (0, "on\n")


def test_at_pythons_own_end_a_signal_is_no_exception():
    code = """
import atexit
atexit.register(lambda: (print("started", flush=True), time.sleep(20)))
go(lambda: None)
"""
    code, stdout, stderr = end(code, signal.SIGTERM)
    assert (code, stdout) == (-signal.SIGTERM, "")
    assert not any("Traceback" in line or "ignored" in line for line in stderr)
