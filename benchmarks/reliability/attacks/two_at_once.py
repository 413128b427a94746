"""Commands that want the same at the same time."""

import functools
import zipfile

import load_model
import main
from benchmarks.reliability.attacks.base import Attack, Attempt
from benchmarks.reliability.workshop import TINY, errors


class TwoAtOnce(Attack):
    """Starts two commands together: both results are there, or one is told who has the run."""

    label = "two commands at once"
    count = 3

    def attempts(self):
        for number in range(self.count):
            for to in ("npz", "folder"):
                generate = functools.partial(self._generate, to)
                yield Attempt(f"two generate --to {to}, {number}", generate)
            yield Attempt(f"two --resume, {number}", self._resume)
            yield Attempt(f"two new runs of one name, {number}", self._new)

    def _generate(self, to):
        run = self.workshop.run()
        flags = (run, "generate", "--num_images", "300", "--to", to)
        ended = self._both(load_model.main, flags)
        if any(code for code, _ in ended):
            return f"{ended}"
        folder = run / "generate"
        for name in ("samples", "samples_2"):
            if to == "folder" and len(list((folder / name).glob("*.png"))) != 300:
                return f"{name} has {len(list((folder / name).glob('*.png')))} images"
            if to == "npz" and zipfile.ZipFile(folder / f"{name}.npz").testzip():
                return f"{name}.npz is damaged"
        left = [path.name for path in folder.rglob(".writing*")]
        return f"left {left}" if left else ""

    def _resume(self):
        run = self.workshop.run()
        return self._one_of_two(("--resume", run, "--epochs", 40), "is in use: process")

    def _new(self):
        folder = self.workshop.folder()
        flags = (*TINY, "--epochs", 40, "--save_dir", folder, "--name", "one")
        return self._one_of_two(flags, "one")

    def _one_of_two(self, flags, words):
        ended = sorted(self._both(main.main, flags))
        codes, texts = zip(*ended)
        if codes != (0, 2):
            return f"exit codes {codes}: {texts}"
        return "" if len(texts[1]) == 1 and words in texts[1][0] else f"{texts[1]}"

    def _both(self, script, flags):
        """Exit codes, and lines of errors."""
        copies = [self.workshop.begin(script, flags) for _ in range(2)]
        ended = [copy.end(self.workshop.patience) for copy in copies]
        return [(done.returncode, errors(done.stderr)) for done in ended]
