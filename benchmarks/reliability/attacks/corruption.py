"""Files that are no longer what was written."""

import random

import load_model
import main
from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.forked import BACKEND, forked
from benchmarks.reliability.runs import difference
from benchmarks.reliability.workshop import errors
from hvae.files.states import state_files

_USE = ("generate", "--num_images", "4", "--to", "npz", "--backend", BACKEND)


class Corruption(Attack):
    """Flips a bit of a file, or cuts it, and uses the run: the right result, or one line."""

    label = "a flipped bit, a file cut short"
    count = 100

    def attempts(self):
        chance = random.Random(0)
        for number in range(self.count):
            run = self.workshop.run()
            newest = state_files(run)[0].name
            name = ("best_ema.weights.h5", newest, "config.yaml", "best_ema.weights.h5")[number % 4]
            what = _damage(run / name, chance, is_cut=number % 10 == 9)
            is_state = name == newest
            fault = self._resume(run) if is_state else self._use(run)
            yield Attempt(f"{name}, {what}", fault)

    def _use(self, run):
        done = forked(lambda: load_model.main([str(run), *_USE]))
        if done.returncode == 2 and len(errors(done.stderr)) == 1:
            return ""
        if done.returncode:
            return f"exit code {done.returncode}: {errors(done.stderr)}"
        result = (run / "generate" / "samples.npz").read_bytes()
        if self._expected is None:
            whole = self.workshop.run()
            forked(lambda: load_model.main([str(whole), *_USE]))
            self._expected = (whole / "generate" / "samples.npz").read_bytes()
        return "" if result == self._expected else "other images, without a word"

    _expected = None

    def _resume(self, run):
        """Falls back to the state before, and becomes what it was."""
        whole = self.workshop.run()
        done = forked(lambda: main.main(["--resume", str(run), "--backend", BACKEND]))
        if done.returncode:
            return f"exit code {done.returncode}: {errors(done.stderr)}"
        return difference(run, whole)


def _damage(path, chance, is_cut):
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    if is_cut:
        path.write_bytes(content[:place])
        return f"cut after {place} bytes"
    bit = chance.randrange(8)
    content[place] ^= 1 << bit
    path.write_bytes(content)
    return f"bit {bit} of byte {place}"
