"""Command lines that somebody got wrong."""

import contextlib
import io
import pathlib
import shlex
import signal
import traceback

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.bad_files import write_bad_files
from benchmarks.reliability.workshop import TINY

_LINES = pathlib.Path(__file__).parents[1] / "bad_lines.txt"
#: Seconds for a mistake to be noticed, a backend loaded on the way.
_PATIENCE = 60


class BadLines(Attack):
    """Every line of `bad_lines.txt` must end with exit code 2 and one line, soon.

    They run in this process, one after the other: three hundred that load a backend take hours.
    """

    label = "wrong command lines"

    def attempts(self):
        folder = self.workshop.folder()
        run = write_bad_files(folder, self.workshop.run)
        lines = _LINES.read_text(encoding="utf-8").splitlines()
        for line in (line for line in lines if not line.startswith("#")):
            script, *typed = shlex.split(line)
            yield Attempt(line, _fault(_SCRIPTS[script], _filled(typed, folder, run)))


def _filled(words, folder, run):
    """What is typed, with the place-holders filled in."""
    typed = []
    for word in words:
        if word == "TINY":
            typed += [*TINY, "--save_dir", str(folder / "runs")]
        elif word == "R":
            typed.append(str(run))
        elif word == "LONG":
            typed.append(5000 * "x")
        else:
            typed.append(word.replace("BAD", str(folder), 1))
    return typed


def _main(typed):
    import main

    return main.main(typed)


def _load_model(typed):
    import load_model

    return load_model.main(typed)


def _import_weights(typed):
    from utils import import_weights
    from utils.command_line.script import run_script

    return run_script(import_weights.parse_arguments, import_weights._load_command, typed)


_SCRIPTS = {
    "main.py": _main,
    "load_model.py": _load_model,
    "utils.import_weights": _import_weights,
}


def _fault(script, typed):
    """What is wrong with how a line is refused."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            with _patience(_PATIENCE):
                code = script(typed)
    except _NoEnd:
        return f"no end after {_PATIENCE} s"
    except BaseException as error:
        return f"{type(error).__name__}: {traceback.format_exception_only(error)[-1].strip()[:200]}"
    lines = said.getvalue().splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    if code != 2 or len(errors) != 1 or lines[-1] != errors[0]:
        return f"exit code {code}, {len(lines)} lines: {' / '.join(lines)[-200:]}"
    return "" if errors[0].isprintable() and len(errors[0]) < 1000 else "no line that one can read"


class _NoEnd(BaseException):
    """Not an `Exception`, which what is tried may catch."""


@contextlib.contextmanager
def _patience(seconds):
    def end(number, frame):
        raise _NoEnd

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
