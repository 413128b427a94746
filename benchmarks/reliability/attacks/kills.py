"""Processes that are killed."""

import functools
import random
import signal
import time

import main
from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.forked import Copy, dies_at
from benchmarks.reliability.runs import difference
from benchmarks.reliability.workshop import TINY, errors


class Kills(Attack):
    """Kills training (kill −9) before each of its operations on files, and at moments between.

    Gone on with, or begun again where nothing is there yet, it must become what it would have
    become, bit for bit.
    """

    label = "kill −9"
    count = 200

    def attempts(self):
        expected = self.workshop.folder() / "run"

        def counted():
            seen = dies_at(0, expected.parent)
            code = main.main(_flags(expected))
            print(f"operations: {len(seen)}")
            return code

        started = time.monotonic()
        done = Copy(counted, draws=False).end(self.workshop.patience)
        took = time.monotonic() - started
        if done.returncode:
            raise RuntimeError(f"the run that kills need did not train: {done.stderr}")
        operations = int(done.stdout.rpartition("operations: ")[2])
        self.seen = f"{operations} before operations on files, the others between"
        others = self.count - operations
        moments = [
            (f"before operation {number} on files", number, self.workshop.patience)
            for number in range(1, operations + 1)
        ]
        for number in range(1, others + 1):
            share = number / (others + 1)
            moments.append((f"at moment {number} between", 0, share * took))
        # In any order: what was tried before somebody stops it is of the whole run.
        random.Random(0).shuffle(moments)
        for name, *moment in moments:
            yield Attempt(name, functools.partial(self._fault, expected, *moment))

    def _fault(self, expected, operation, patience):
        """What is not as expected after a kill at an operation, or when patience has an end."""
        run = self.workshop.folder() / "run"

        def killed():
            dies_at(operation, run.parent)
            return main.main(_flags(run))

        done = Copy(killed, draws=False).end(patience)
        if operation and done.returncode != -signal.SIGKILL:
            return f"it was not killed: exit code {done.returncode}"
        typed = ("--resume", run) if run.exists() else _flags(run)
        done = self.workshop.main(*typed, draws=False)
        if done.returncode:
            return f"exit code {done.returncode}: {errors(done.stderr)}"
        return difference(run, expected)


def _flags(run):
    return [*TINY, "--save_dir", str(run.parent), "--name", run.name]
