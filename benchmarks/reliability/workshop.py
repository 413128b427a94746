"""Where attacks take place: commands, and a small run to spoil."""

import os
import pathlib
import shutil
import subprocess
import sys
import time

import load_model
import main
from benchmarks.reliability.forked import Copy, Ended

_ROOT = pathlib.Path(__file__).parents[2]
#: Seconds after which the first command hangs, of which nobody knows how long it takes here.
_FIRST_PATIENCE = 3600
#: Later ones may take so many times as long as it has, and so many seconds at least.
_TIMES_THE_FIRST, _LEAST_PATIENCE = 10, 60
#: A model of 1,930 parameters, two epochs of four updates.
TINY = (
    "--config digits --num_scales 1 --stage_in_width 4 --enc_middle_width 4 --dec_middle_width 4 "
    "--z_width 2 --enc_num_blocks 1 --dec_num_blocks 1 --output_blocks 1 --z_out_width 4 "
    "--z_out_middle_width 4 --num_output_mixtures 2 --limit_train 32 --limit_eval 16 "
    "--batch_size 8 --epochs 2 --checkpoint_every 1 --figures_every 100000"
).split()


class Workshop:
    """A folder for attacks, and the commands that they need.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder):
        #: Seconds after which a command hangs.
        self.patience = _FIRST_PATIENCE
        self._folder = pathlib.Path(folder)
        self._trained = self._folder / "trained"
        self._count = 0
        started = time.monotonic()
        done = self.main(*TINY, "--save_dir", self._folder, "--name", self._trained.name)
        if done.returncode:
            raise RuntimeError(f"the run that attacks need did not train: {done.stderr}")
        took = time.monotonic() - started
        self.patience = max(_LEAST_PATIENCE, _TIMES_THE_FIRST * took)

    def folder(self):
        """A new empty folder."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        return folder

    def run(self, place=None):
        """A copy of a small trained run.

        Args:
            place: the folder to make of it; a new one if left out.
        """
        return pathlib.Path(shutil.copytree(self._trained, place or self.folder() / "run"))

    def main(self, *arguments, draws=True):
        """`main.py` to its end in a copy of this process, which has imported all; `Ended`."""
        return self.begin(main.main, arguments, draws).end(self.patience)

    def load_model(self, *arguments):
        """`load_model.py` likewise."""
        return self.begin(load_model.main, arguments).end(self.patience)

    def begin(self, script, arguments, draws=True):
        """The `main` of a script with arguments as a `Copy`, which has begun."""
        typed = [str(argument) for argument in arguments]
        return Copy(lambda: script(typed), draws)

    def start(self, script, *arguments, **options):
        """A script as a `subprocess.Popen`, in a group of its own, with text."""
        environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
        return subprocess.Popen(
            [sys.executable, script, *map(str, arguments)],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            text=True,
            start_new_session=True,
            **options,
        )

    def finish(self, script, *arguments):
        """A script in a process of its own to its end; `Ended`."""
        with self.start(script, *arguments) as process:
            try:
                stdout, stderr = process.communicate(timeout=self.patience)
            except subprocess.TimeoutExpired:
                process.kill()
                stdout, stderr = process.communicate()
                stderr += f"\nno end after {self.patience:.0f} s"
        return Ended(process.returncode, stdout, stderr)


def errors(stderr):
    """Its lines that say what went wrong, without what progress bars leave."""
    lines = (line.rpartition("\r")[2] for line in stderr.splitlines())
    return [line for line in lines if line.startswith(("error:", "Traceback"))]
