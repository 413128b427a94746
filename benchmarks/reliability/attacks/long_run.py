"""Training that goes on for days."""

import functools
import os
import pathlib
import time
from subprocess import DEVNULL
from typing import NamedTuple

import numpy as np

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.workshop import TINY
from hvae.checks.memory import memory_figure

#: KB an epoch; 24 hours of epochs of ten seconds are then less than 20 MB.
_MOST_KB_AN_EPOCH = 2.0
#: How much longer than an early epoch a late one may take the processor.
_MOST_SLOWING = 1.25


class LongRun(Attack):
    """Trains 2,000 epochs of one update: neither memory, open files nor time may grow with them."""

    label = "2,000 epochs: memory, descriptors, time"
    epochs = 2000

    def attempts(self):
        for name in ("memory", "descriptors", "time"):
            yield Attempt(name, functools.partial(self._fault, name))

    def _fault(self, name):
        return self._faults.get(name, "") or self._faults.get("training", "")

    @functools.cached_property
    def _faults(self):
        """What grows, by name."""
        folder = self.workshop.folder()
        flags = (*TINY, "--epochs", self.epochs, "--save_dir", folder, "--name", "long")
        flags = (*flags, "--checkpoint_every", 0, "--limit_train", 8)
        process = self.workshop.start("main.py", *flags, stdout=DEVNULL, stderr=DEVNULL)
        looks = []
        while process.poll() is None:
            looks.append(_look(process.pid, folder / "long" / "metrics.csv"))
            time.sleep(2.0)
        # The first fifth: what is compiled and read for the first time.
        steady = [look for look in looks if look and look.epoch > self.epochs // 5]
        if process.returncode or len(steady) < 8:
            return {"training": f"exit code {process.returncode}, {len(steady)} looks"}
        epochs, memory, files, seconds = np.array(steady).T
        slope = np.polyfit(epochs, memory / 1000, 1)[0]
        quarter = len(steady) // 4
        early, late = (
            np.polyfit(epochs[part], seconds[part], 1)[0]
            for part in (slice(quarter), slice(-quarter, None))
        )
        self.seen = (
            f"{slope:.2f} KB an epoch from epoch {epochs[0]:.0f} on, {memory[-1] / 1e6:.0f} MB and "
            f"{files[-1]:.0f} descriptors at the end; {early * 1000:.0f} ms of the processor an "
            f"epoch at first, {late * 1000:.0f} at the end"
        )
        faults = {}
        if slope > _MOST_KB_AN_EPOCH:
            faults["memory"] = f"{slope:.2f} KB an epoch"
        # A look may come while a file is being written.
        before, after = (np.median(files[part]) for part in (slice(quarter), slice(-quarter, None)))
        if after > before:
            faults["descriptors"] = f"{before:.0f} became {after:.0f}"
        if late > _MOST_SLOWING * early:
            faults["time"] = f"{early:.3f} s an epoch became {late:.3f}"
        return faults


class _Look(NamedTuple):
    """How a process is."""

    epoch: int
    memory: int  # bytes
    files: int  # open
    seconds: float  # of the processor


def _look(process, metrics):
    """A `_Look`, or `None` if there is no such process any more."""
    epochs = sum(1 for _ in open(metrics)) - 1 if metrics.is_file() else 0
    folder = pathlib.Path("/proc", str(process))
    try:
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
        files = len(os.listdir(folder / "fd"))
    except OSError:
        return None
    memory = memory_figure(f"{process}/status", "VmRSS")
    seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return _Look(epochs, memory, files, seconds) if memory else None
