"""A run to use, and the command that uses it, without a process of its own."""

import keras
import pytest

from hvae.training.display import Display
from utils.command_line.use_request import parse_use_arguments
from utils.runs.session import use_run


@pytest.fixture(scope="module", autouse=True)
def _op_by_op(op_by_op):
    """Without TensorFlow's graphs."""


class Recorder(Display):
    """Keeps the lines that a user would see."""

    def __init__(self):
        self.lines = []

    def message(self, text):
        self.lines.append(text)


@pytest.fixture(scope="session")
def use(small_run):
    """Function that runs `load_model.py` on the small run; gives the lines it says.

    What should not see the results of other tests takes a copy of the run as `folder`.
    """

    def run(mode, *arguments, folder=small_run):
        recorder = Recorder()
        typed = [str(x) for x in (folder, mode, *arguments, "--backend", keras.config.backend())]
        use_run(parse_use_arguments(typed), recorder)
        return recorder.lines

    return run
