"""Processes that are killed."""

import signal

import main
from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.forked import BACKEND, dies_at, forked
from benchmarks.reliability.runs import difference
from benchmarks.reliability.workshop import TINY, errors


class Kills(Attack):
    """Kills training (kill −9) before every so-manieth operation on files, and goes on with it.

    It must become what it would have become, bit for bit.
    """

    label = "kill −9"
    count = 200

    def attempts(self):
        expected = self.workshop.folder() / "run"

        def counted():
            seen = dies_at(0, expected.parent)
            code = _train(expected)
            print(f"operations: {len(seen)}")
            return code

        done = forked(counted)
        if done.returncode:
            raise RuntimeError(f"the run that kills need did not train: {done.stderr}")
        operations = int(done.stdout.rpartition("operations: ")[2])
        for moment in range(min(self.count, operations)):
            operation = 1 + moment * operations // min(self.count, operations)
            yield Attempt(
                f"before operation {operation} on files", self._fault(operation, expected)
            )

    def _fault(self, operation, expected):
        run = self.workshop.folder() / "run"

        def killed():
            dies_at(operation, run.parent)
            return _train(run)

        done = forked(killed)
        if done.returncode != -signal.SIGKILL:
            return f"it was not killed: exit code {done.returncode}"
        if run.exists():
            done = forked(lambda: main.main(["--resume", str(run), "--backend", BACKEND]))
        else:
            done = forked(lambda: _train(run))
        if done.returncode:
            return f"exit code {done.returncode}: {errors(done.stderr)}"
        return difference(run, expected)


def _train(run):
    flags = ["--save_dir", str(run.parent), "--name", run.name, "--backend", BACKEND]
    return main.main([*TINY, *flags])
