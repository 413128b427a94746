"""A run to use, and the command that uses it, without a process of its own."""

import keras
import pytest

from hvae.configuration.settings import to_dict
from hvae.model import HVAE
from hvae.training.display import Display
from tests.conftest import randomize, tiny_config
from utils.command_line.use_request import parse_use_arguments
from utils.experiments.experiment import Experiment
from utils.runs.run_folder import write_description
from utils.runs.session import use_run


class Recorder(Display):
    """Keeps the lines that a user would see."""

    def __init__(self):
        self.lines = []

    def message(self, text):
        self.lines.append(text)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory):
    """The folder of a run of digits, with random weights."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    folder.mkdir()
    config = tiny_config(dec_num_blocks=(2, 1))
    experiment = Experiment.from_flat({"dataset": "digits", **to_dict(config)})
    write_description(folder, experiment)
    keras.utils.set_random_seed(0)
    randomize(HVAE(config), scale=0.2).save_weights(folder / "best_ema.weights.h5")
    return folder


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
