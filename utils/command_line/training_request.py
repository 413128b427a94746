"""What the user of `main.py` asks for."""

import dataclasses
import pathlib
import sys

from hvae.errors import UserError
from hvae.files.run_files import RESUME, check_run
from hvae.loading import read_config
from utils.command_line.environment import set_environment
from utils.command_line.flags import Parser, add_field_flags
from utils.experiments.config_files import config_names, experiment_to_yaml, read_config_file
from utils.experiments.experiment import Experiment
from utils.runs.run_folder import default_name

#: Changing these would not go on with the same training.
_FIXED_ON_RESUME = (
    "dataset",
    "binarize",
    "dtype",
    "save",
    "batch_size",
    "batch_size_div",
    "cr_vae",
    "optimizer",
    "seed",
    "limit_train",
    "limit_eval",
)


@dataclasses.dataclass(frozen=True)
class TrainingRequest:
    """What to train, and where."""

    experiment: Experiment
    name: str
    resume: bool  # go on with the run of this name
    reset: bool  # delete the run of this name

    @property
    def backend(self):
        """The Keras backend."""
        return self.experiment.run.backend

    @property
    def folder(self):
        """The run's folder."""
        return pathlib.Path(self.experiment.run.save_dir) / self.name

    def set_environment(self):
        """Set what must be set before keras is imported."""
        set_environment(self.backend, self.experiment.run.gpu)


def parse_training_arguments(arguments=None):
    """Read the command line: defaults < configuration file < typed flags.

    Returns:
        A `TrainingRequest`, or `None` if everything asked for has been printed.

    Raises:
        UserError: for anything the user got wrong.
    """
    typed = vars(_parser().parse_args(arguments))
    command = {name: typed.pop(name) for name in ("config", "resume", "reset", "print_config")}
    if command["resume"] is not None:
        request = _resume(command, typed)
    else:
        request = _start(command, typed)
    if command["print_config"]:
        print(experiment_to_yaml(request.experiment), end="")
        return None
    if request.backend != "tensorflow":
        raise UserError(
            f"backend: training is allowed with tensorflow only. Received: {request.backend}; "
            "load_model.py runs under every backend"
        )
    return request


def _parser():
    parser = Parser(
        prog="main.py",
        usage="python main.py [--config NAME] [flags]",
        description="Train a hierarchical VAE. Defaults < configuration file < typed flags.",
    )
    command = parser.add_argument_group("command")
    command.add_argument(
        "--config",
        metavar="NAME",
        help=f"configuration in cfg/ ({', '.join(config_names())}), or a YAML file",
    )
    command.add_argument(
        "--resume",
        metavar="RUN",
        nargs="?",
        const="",
        help="go on with a run: its folder, or none with --name",
    )
    command.add_argument("--reset", action="store_true", help="delete the run of this --name first")
    command.add_argument(
        "--print_config", action="store_true", help="print the resulting configuration and stop"
    )
    add_field_flags(parser)
    return parser


def _start(command, typed):
    values, unused = {}, []
    if command["config"] is not None:
        values, unused = read_config_file(command["config"])
    if unused:
        print(f"{command['config']}: not used here: {', '.join(unused)}", file=sys.stderr)
    experiment = Experiment.from_flat({**values, **typed})
    name = experiment.run.name or default_name(command["config"])
    return TrainingRequest(experiment, name, resume=False, reset=command["reset"])


def _resume(command, typed):
    if command["reset"] or command["config"]:
        other = "--reset" if command["reset"] else "--config"
        raise UserError(f"--resume takes the run's own configuration; it does not go with {other}")
    if command["resume"]:
        folder = pathlib.Path(command["resume"])
        for name, own in (("name", folder.name), ("save_dir", str(folder.parent))):
            if typed.get(name, own) != own:
                raise UserError(f"{name}: --resume {folder} says {own}. Received: {typed[name]}")
    elif "name" in typed:
        folder = pathlib.Path(typed.get("save_dir", "runs")) / typed["name"]
    else:
        raise UserError("--resume needs the folder of a run, or --name")
    check_run(folder, [RESUME])
    values = read_config(folder)
    before = Experiment.from_flat(values).to_flat()
    _refuse_change("model_family", before, typed)
    place = {"save_dir": str(folder.parent), "name": folder.name}
    after = Experiment.from_flat({**values, **typed, **place})
    for name in (*dataclasses.asdict(after.model), *_FIXED_ON_RESUME):
        _refuse_change(name, before, after.to_flat())
    return TrainingRequest(after, folder.name, resume=True, reset=False)


def _refuse_change(name, before, after):
    if after.get(name, before[name]) != before[name]:
        raise UserError(f"{name}: a resumed run keeps {before[name]}. Received: {after[name]}")
