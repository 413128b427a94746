"""Training that goes on for days."""

import os
import pathlib
import time
from subprocess import DEVNULL

import numpy as np

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.workshop import TINY
from hvae.checks.memory import memory_figure

#: KB an epoch; 24 hours of epochs of ten seconds are then less than 20 MB.
_MOST_KB_AN_EPOCH = 2.0


class LongRun(Attack):
    """Trains 2,000 epochs of one update: memory and open files must not grow with them."""

    label = "2,000 epochs: memory, descriptors"
    epochs = 2000

    def attempts(self):
        folder = self.workshop.folder()
        flags = (*TINY, "--epochs", self.epochs, "--save_dir", folder, "--name", "long")
        flags = (*flags, "--checkpoint_every", 0, "--limit_train", 8)
        process = self.workshop.start("main.py", *flags, stdout=DEVNULL, stderr=DEVNULL)
        looks = []
        while process.poll() is None:
            looks.append(_look(process.pid, folder / "long" / "metrics.csv"))
            time.sleep(2.0)
        # The first fifth: what is compiled and read for the first time.
        steady = [look for look in looks if look[0] > self.epochs // 5 and look[1]]
        if process.returncode or len(steady) < 3:
            yield Attempt("training", f"exit code {process.returncode}, {len(steady)} looks")
            return
        epochs, memory, files = np.array(steady, float).T
        slope = np.polyfit(epochs, memory / 1000, 1)[0]
        self.seen = (
            f"{slope:.2f} KB an epoch from epoch {epochs[0]:.0f} on, {memory[-1] / 1e6:.0f} MB and "
            f"{files[-1]:.0f} descriptors at the end"
        )
        yield Attempt("memory", f"{slope:.2f} KB an epoch" if slope > _MOST_KB_AN_EPOCH else "")
        grew = files[-1] > files[0]
        yield Attempt("descriptors", f"{files[0]:.0f} became {files[-1]:.0f}" if grew else "")


def _look(process, metrics):
    """Epochs done, bytes in memory, open files."""
    epochs = sum(1 for _ in open(metrics)) - 1 if metrics.is_file() else 0
    memory = memory_figure(f"{process}/status", "VmRSS") or 0
    try:
        return epochs, memory, len(os.listdir(pathlib.Path("/proc", str(process), "fd")))
    except OSError:
        return epochs, memory, 0
