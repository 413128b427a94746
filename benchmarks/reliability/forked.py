"""Commands in copies of this process, which has imported all that they need: a second each."""

import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback
from typing import NamedTuple

#: PyTorch alone can be copied after it was imported.
BACKEND = "torch"


class Ended(NamedTuple):
    """How a command has ended."""

    returncode: int  # negative for a signal, as in `subprocess`
    stdout: str
    stderr: str


def forked(function, patience=120):
    """Call a function in a copy of this process.

    Args:
        function: takes nothing, gives an exit code.
        patience: seconds after which it is killed.

    Returns:
        `Ended`.
    """
    _import_all()
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = os.fork()
        if not process:
            _call(function, stdout, stderr)
        returncode = _wait(process, patience)
        texts = []
        for file in (stdout, stderr):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return Ended(returncode, *texts)


def _import_all():
    """What the commands import, before the first copy."""
    os.environ["KERAS_BACKEND"] = BACKEND
    os.environ["OMP_NUM_THREADS"] = "1"
    import keras  # noqa: F401

    import utils.figures.run_figures  # noqa: F401
    import utils.runs.session  # noqa: F401
    import utils.runs.train  # noqa: F401


def _call(function, stdout, stderr):
    code = 1
    try:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)
        code = function()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(process, patience):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def dies_at(operation, folder):
    """Kill this process before one of its operations on files below a folder.

    Args:
        operation: its number, from 1 on; 0 for none.
        folder: where operations count: files opened to be written, made, renamed, deleted.

    Returns:
        A list whose length is how many there have been.
    """
    folder, seen = str(pathlib.Path(folder).resolve()), []
    changes = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")

    def hook(event, arguments):
        if event == "open":
            is_change = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        else:
            is_change = event in changes
        if is_change and str(arguments[0]).startswith(folder):
            seen.append(event)
            if len(seen) == operation:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return seen
