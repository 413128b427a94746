"""Files that are no longer what was written."""

import functools
import random

import numpy as np

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.forked import Copy
from benchmarks.reliability.runs import difference
from benchmarks.reliability.workshop import errors
from hvae.files.run_files import CONFIG, DATA, MOMENTS, VERSIONS, WEIGHTS, weights_file

#: Of every file of a run.
_PLACES = 20
_USE = ("evaluate", "--num_samples", "1")


class Corruption(Attack):
    """Flips a bit of a file, or cuts it, and uses the run: the right result, or one line.

    Weights are loaded, states and logs are gone on with, which must give what the whole run has;
    with what says how to use the run it is measured.
    """

    label = "a flipped bit, a file cut short"

    def attempts(self):
        whole = self.workshop.run()
        expected = self._evaluate(whole)[1]
        files = sorted(path for path in whole.rglob("*") if path.is_file())
        names = [path.relative_to(whole).as_posix() for path in files]
        # Nothing reads the others.
        names = [name for name in names if not name.startswith((".", "figures/", "evaluate/"))]
        self.seen = f"{_PLACES} places of each of {len(names)} files, if none stopped it"
        for number in range(_PLACES):
            for name in names:
                fault = functools.partial(self._fault, name, number, whole, expected)
                yield Attempt(f"{name}, {_what(number)}", fault)

    def _fault(self, name, number, whole, expected):
        """What does not hold after one damage."""
        run = self.workshop.run()
        _damage(run / name, random.Random(f"{name} {number}"), _is_cut(number))
        if name.endswith(".weights.h5"):
            return self._load(run, whole, name)
        if name in (CONFIG, DATA, VERSIONS):
            return self._use(run, expected)
        return self._resume(run, whole)

    def _load(self, run, whole, name):
        """Weights are those that were written, or refused in a line."""
        moment, kind = next((m, k) for m in MOMENTS for k in WEIGHTS if weights_file(m, k) == name)

        def load():
            import hvae

            try:
                found = hvae.load_model(run, kind, moment).get_weights()
            except hvae.UserError as error:
                return 1 if "\n" in str(error) else 0
            arrays = hvae.load_model(whole, kind, moment).get_weights()
            return 0 if all(map(np.array_equal, found, arrays)) else 2

        done = Copy(load).end(self.workshop.patience)
        faults = {0: "", 1: "an error of many lines", 2: "other weights, without a word"}
        return faults.get(done.returncode, f"exit code {done.returncode}: {done.stderr[-200:]}")

    def _use(self, run, expected):
        done, found = self._evaluate(run)
        if done.returncode == 2 and len(errors(done.stderr)) == 1:
            return ""
        if done.returncode:
            return f"exit code {done.returncode}: {errors(done.stderr)}"
        if found == expected or "warning" in done.stdout + done.stderr:
            return ""
        return "other results, without a word"

    def _evaluate(self, run):
        """How measuring has ended, and what it has found."""
        done = self.workshop.load_model(run, *_USE)
        path = run / "evaluate" / "evaluation.npz"
        return done, path.read_bytes() if path.is_file() else None

    def _resume(self, run, whole):
        """What is damaged falls back to what is whole, and the run becomes what it was."""
        done = self.workshop.main("--resume", run, draws=False)
        if done.returncode:
            return f"exit code {done.returncode}: {errors(done.stderr)}"
        return difference(run, whole)


def _is_cut(number):
    return number % 10 == 9


def _what(number):
    return f"cut {number}" if _is_cut(number) else f"flipped bit {number}"


def _damage(path, chance, is_cut):
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    if is_cut:
        del content[place:]
    else:
        content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
