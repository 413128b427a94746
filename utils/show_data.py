"""Look at a data set: `python -m utils.show_data NAME` draws one picture of it.

All flags of `main.py` that say which images it trains on say so here.
"""

import dataclasses
import pathlib
import sys

from utils.command_line.flags import Parser
from utils.command_line.script import run_script
from utils.command_line.training_request import TrainingRequest, parse_training_arguments


@dataclasses.dataclass(frozen=True)
class ShowRequest:
    """Which data set to draw, and where."""

    training: TrainingRequest
    path: pathlib.Path

    @property
    def backend(self):
        """The Keras backend, which nothing here needs."""
        return self.training.backend

    def set_environment(self):
        """Nothing has to be set: no backend is imported."""


def parse_arguments(arguments=None):
    """Read the command line.

    Raises:
        UserError: for anything the user got wrong.
    """
    parser = Parser(
        is_partial=True,
        prog="python -m utils.show_data",
        usage="python -m utils.show_data NAME [--out FILE] [flags of main.py]",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("name", metavar="NAME", help="as --dataset of main.py")
    parser.add_argument("--out", metavar="FILE", help="the PNG file [default NAME.png]")
    typed, flags = parser.parse_known_args(arguments)
    training = parse_training_arguments(["--dataset", typed.name, *flags])
    if training is None:
        return None
    return ShowRequest(training, pathlib.Path(typed.out or f"{pathlib.Path(typed.name).stem}.png"))


def show_data(request, display):
    """Draw the picture, and print what it says."""
    from data.load import describe
    from utils.figures.data_sheet import draw_data_sheet

    experiment = request.training.experiment
    run, pictures = experiment.run, experiment.pictures
    splits = experiment.load_splits(display.message)
    levels = describe(run.dataset, "none", run.split_of, pictures).levels
    if run.binarize == "static":
        levels = 2
    for line in draw_data_sheet(request.path, run.dataset, splits, levels):
        display.message(line)
    display.message(f"written: {request.path}")


if __name__ == "__main__":
    sys.exit(run_script(parse_arguments, lambda: show_data))
