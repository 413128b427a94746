"""Command lines that somebody got wrong."""

import functools
import pathlib
import shlex

import load_model
import main
from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.bad_files import write_bad_files
from benchmarks.reliability.workshop import TINY
from utils import import_weights
from utils.command_line.script import run_script

_LINES = pathlib.Path(__file__).parents[1] / "bad_lines.txt"


class BadLines(Attack):
    """Every line of `bad_lines.txt` must end with exit code 2 and one line, soon."""

    label = "wrong command lines"

    def attempts(self):
        folder = self.workshop.folder()
        run = write_bad_files(folder, self.workshop.run)
        lines = _LINES.read_text(encoding="utf-8").splitlines()
        for line in (line for line in lines if not line.startswith("#")):
            script, *typed = shlex.split(line)
            typed = _filled(typed, folder, run)
            yield Attempt(line, functools.partial(self._fault, _SCRIPTS[script], typed))

    def _fault(self, script, typed):
        """What is wrong with how a line is refused."""
        done = self.workshop.begin(script, typed).end(self.workshop.patience)
        lines = done.stderr.splitlines()
        said = [line for line in lines if line.startswith("error: ")]
        if done.returncode != 2 or len(said) != 1 or lines[-1] != said[0]:
            return f"exit code {done.returncode}, {len(lines)} lines: {' / '.join(lines)[-200:]}"
        is_fine = said[0].isprintable() and len(said[0]) < 1000
        return "" if is_fine else "no line that one can read"


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


def _import_weights(typed):
    return run_script(import_weights.parse_arguments, import_weights._load_command, typed)


_SCRIPTS = {
    "main.py": main.main,
    "load_model.py": load_model.main,
    "utils.import_weights": _import_weights,
}
