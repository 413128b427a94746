"""Disks that cannot be written."""

import subprocess

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.attacks.full_disk import small_disk
from benchmarks.reliability.workshop import TINY, errors

_USES = (("generate",), ("evaluate",), ("encode",), ("hierarchy",), ("bits",))


class ReadOnly(Attack):
    """Uses, resumes and makes runs on a disk that is read only: one line each."""

    label = "read-only disk"

    def attempts(self):
        with small_disk(self.workshop.folder(), 3000) as disk:
            run = self.workshop.run(disk / "run")
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            for use in _USES:
                yield self._attempt(use[0], disk, self.workshop.load_model, run, *use)
            resume = ("--resume", run, "--epochs", 4)
            yield self._attempt("--resume", disk, self.workshop.main, *resume)
            new = (*TINY, "--save_dir", disk, "--name", "new")
            yield self._attempt("a new run", disk, self.workshop.main, *new)

    def _attempt(self, name, disk, script, *typed):
        return Attempt(name, lambda: _fault(script(*typed), disk))


def _fault(done, disk):
    lines = errors(done.stderr)
    if done.returncode != 2 or len(lines) != 1:
        return f"exit code {done.returncode}: {lines}"
    return "" if "Read-only" in lines[0] and str(disk) in lines[0] else lines[0]
