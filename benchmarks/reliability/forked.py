"""Commands in copies of this process, which has imported all that they need: a second each."""

import base64
import functools
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback
from typing import NamedTuple

import matplotlib.figure

#: PyTorch alone can be copied after it was imported.
BACKEND = "torch"
#: A picture of one black pixel.
_BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


class Ended(NamedTuple):
    """How a command has ended."""

    returncode: int  # negative for a signal, as in `subprocess`
    stdout: str
    stderr: str


class Copy:
    """A function that is called in a copy of this process.

    Args:
        function: takes nothing, gives an exit code.
        draws: whether figures are drawn; if not, their files hold a black pixel. Text and
            layout of four figures take longer than all else that a command does.
    """

    def __init__(self, function, draws=True):
        _import_all()
        self._files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self._process = os.fork()
        if not self._process:
            if not draws:
                matplotlib.figure.Figure.savefig = _save_blank
            _call(function, *self._files)

    def end(self, patience):
        """How it has ended, `Ended`.

        Args:
            patience: seconds after which it is killed.
        """
        returncode, texts = _wait(self._process, patience), []
        for file in self._files:
            with file:
                file.seek(0)
                texts.append(file.read().decode(errors="replace"))
        if returncode == -signal.SIGKILL:
            texts[1] += f"\nkilled, at the latest after {patience:.0f} s"
        return Ended(returncode, *texts)


@functools.cache
def _import_all():
    """What the commands import, before the first copy."""
    os.environ["KERAS_BACKEND"] = BACKEND
    os.environ["OMP_NUM_THREADS"] = "1"
    import keras  # noqa: F401
    import torch

    import utils.figures.run_figures  # noqa: F401
    import utils.runs.session  # noqa: F401
    import utils.runs.train  # noqa: F401

    torch.set_num_threads(1)


def _save_blank(figure, path, **options):
    pathlib.Path(path).write_bytes(_BLANK)


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
