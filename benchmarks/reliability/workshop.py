"""Where attacks take place: commands, and a small run to spoil."""

import os
import pathlib
import shutil
import subprocess
import sys

_ROOT = pathlib.Path(__file__).parents[2]
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
        patience: seconds after which a command hangs.
    """

    def __init__(self, folder, patience=300):
        self.patience = patience
        self._folder = pathlib.Path(folder)
        self._trained = self._folder / "trained"
        self._count = 0

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
        if not self._trained.exists():
            done = self.main(*TINY, "--save_dir", self._folder, "--name", self._trained.name)
            if done.returncode:
                raise RuntimeError(f"the run that attacks need did not train: {done.stderr}")
        return pathlib.Path(shutil.copytree(self._trained, place or self.folder() / "run"))

    def main(self, *arguments, **options):
        """`main.py` to its end; a `subprocess.CompletedProcess` with text."""
        return self._finished("main.py", arguments, options)

    def load_model(self, *arguments, **options):
        """`load_model.py` to its end, likewise."""
        return self._finished("load_model.py", arguments, options)

    def start(self, script, *arguments, **options):
        """A script as a `subprocess.Popen`, in a group of its own, with text."""
        environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
        return subprocess.Popen(
            [sys.executable, script, *map(str, arguments)],
            cwd=_ROOT,
            env=environment | options.pop("env", {}),
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            text=True,
            start_new_session=True,
            **options,
        )

    def _finished(self, script, arguments, options):
        with self.start(script, *arguments, **options) as process:
            try:
                stdout, stderr = process.communicate(timeout=self.patience)
            except subprocess.TimeoutExpired:
                process.kill()
                stdout, stderr = process.communicate()
                stderr += f"\nno end after {self.patience:g} s"
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def errors(stderr):
    """Its lines that say what went wrong, without what progress bars leave."""
    lines = (line.rpartition("\r")[2] for line in stderr.splitlines())
    return [line for line in lines if line.startswith(("error:", "Traceback"))]
