"""Disks that are full."""

import contextlib
import functools
import pathlib
import subprocess

from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.workshop import TINY, errors

#: Sizes of the disk; the run of `TINY` takes 700 kB with its figures.
_TRAINING_KB = (*range(40, 720, 40), 2000)
_FREE_KB = (4, 12, 40)
#: What one uses a run for where little space is left.
_USES = (
    ("generate", "--num_images", "600", "--to", "npz"),
    ("generate", "--num_images", "600", "--to", "folder"),
    ("evaluate",),
    ("encode",),
    ("reconstruct",),
)
#: Runs under TensorFlow, so in a process of its own.
_EXPORT = ("export", "--parts", "generate")


class FullDisk(Attack):
    """Trains and uses runs on disks too small for them: one line, nothing half written."""

    label = "full disk"

    def attempts(self):
        for size in _TRAINING_KB:
            name = f"training, a disk of {size} kB"
            yield Attempt(name, functools.partial(self._train, size))
        for use in (*_USES, _EXPORT):
            for free in _FREE_KB:
                name = f"{' '.join(use)}, {free} kB free"
                yield Attempt(name, functools.partial(self._use, use, free))

    def _train(self, size):
        with small_disk(self.workshop.folder(), size) as disk:
            done = self.workshop.main(*TINY, "--save_dir", disk, "--name", "full")
            return _fault(done, disk)

    def _use(self, use, free):
        with small_disk(self.workshop.folder(), 2000) as disk:
            run = self.workshop.run(disk / "run")
            _fill(disk, free)
            if use is _EXPORT:
                done = self.workshop.finish("load_model.py", run, *use)
            else:
                done = self.workshop.load_model(run, *use)
            return _fault(done, disk)


@contextlib.contextmanager
def small_disk(folder, size, *options):
    """Mounts a disk of a given number of kB on a folder."""
    settings = ",".join([f"size={size}k", *options])
    subprocess.run(["mount", "-t", "tmpfs", "-o", settings, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _fill(disk, free):
    """Fill the disk up to a given number of free kB."""
    page = bytes(4096)
    with open(disk / "filler", "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(page)
    with open(disk / "filler", "r+b") as file:
        file.truncate(max(0, (disk / "filler").stat().st_size - free * 1024))


def _fault(done, disk):
    """What is wrong with the end of a command, and with what it left."""
    left = [path.name for path in pathlib.Path(disk).rglob(".writing-*")]
    if left:
        return f"left {', '.join(left)}"
    if done.returncode == 0:
        return ""
    lines = errors(done.stderr)
    if done.returncode != 2 or len(lines) != 1:
        return f"exit code {done.returncode}, {done.stderr.count(chr(10))} lines: {lines}"
    if "No space left" not in lines[0] or str(disk) not in lines[0]:
        return lines[0]
    return ""
