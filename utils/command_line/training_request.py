"""What the user of `main.py` asks for."""

import dataclasses
import pathlib
import sys

from data.sets import DATASETS
from hvae.errors import UserError
from hvae.files.run_files import CONFIG
from hvae.files.states import no_state_advice, state_config, state_files
from hvae.loading import read_config
from hvae.registry.plugins import kept_plugins, told_how_to_load
from hvae.training.config import TrainingConfig
from utils.command_line.environment import backend_of_environment, set_environment
from utils.command_line.flags import Parser, add_field_flags
from utils.command_line.plugins import add_plugin_flag, load_plugins, spell_flag
from utils.command_line.spellings import dataset_as_here, with_family
from utils.experiments.config_files import config_names, experiment_to_yaml, read_config_file
from utils.experiments.experiment import Experiment
from utils.experiments.run_settings import TRAINING_BACKENDS, RunSettings
from utils.runs.run_folder import check_new_run, default_name

#: Flags that are no fields of the configuration.
_COMMAND = ("config", "resume", "reset", "print_config", "plugin")

#: Changing these would not go on with the same training.
_FIXED_ON_RESUME = (
    "dataset",
    "binarize",
    "split_of",
    "horizontal_flip",
    "background",
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
    plugins: tuple = ()  # `Plugin`s; the run keeps copies
    gpu_is_typed: bool = False  # and so comes before the environment
    config: str = ""  # the configuration that was named; of a run that goes on, its folder

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
        set_environment(self.backend, self.experiment.run.gpu, self.gpu_is_typed)


def parse_training_arguments(arguments=None):
    """Read the command line: defaults < configuration file < typed flags.

    Plugins are executed first, since they add values and flags.

    Returns:
        A `TrainingRequest`, or `None` if everything asked for has been printed.

    Raises:
        UserError: for anything the user got wrong.
    """
    plugins, dataset = _load_plugins(arguments)
    typed = dataset_as_here(vars(_parser().parse_args(arguments)))
    command = {name: typed.pop(name) for name in _COMMAND}
    if dataset is not None:
        typed["dataset"] = dataset
    gpu_is_typed, backend_is_typed = "gpu" in typed, "backend" in typed
    of_environment = backend_of_environment()
    if of_environment is not None:
        typed = {"backend": of_environment, **typed}
    if command["resume"] is not None:
        request = _resume(command, typed, plugins)
    else:
        request = _start(command, typed, plugins)
    request = dataclasses.replace(request, gpu_is_typed=gpu_is_typed)
    if command["print_config"]:
        print(experiment_to_yaml(request.experiment), end="")
        return None
    if request.backend not in TRAINING_BACKENDS:
        source = "" if backend_is_typed or of_environment is None else ", from KERAS_BACKEND"
        raise UserError(
            f"backend: training is allowed with {', '.join(TRAINING_BACKENDS)}; load_model.py runs "
            f"under every backend. Received: {request.backend}{source}"
        )
    return request


def _load_plugins(arguments):
    """The `Plugin`s that are typed, and the name of the data set where that is a plugin too."""
    parser = Parser(is_partial=True, add_help=False)
    _add_command_flags(parser)
    # With those that say which backend it is, now that nothing else can be read.
    for name in ("dataset", "backend", "gpu", "save_dir", "name"):
        parser.add_argument(f"--{name}")
    early = vars(parser.parse_known_args(arguments)[0])
    typed = {name: value for name, value in early.items() if value is not None}
    paths, dataset = typed["plugin"], typed.get("dataset", "")
    is_file = pathlib.Path(dataset).suffix == ".py"
    paths = list(dict.fromkeys([*paths, dataset] if is_file else paths))
    if not paths:
        return (), None
    values = {}
    if early["resume"] is not None:
        values = read_config(_run_folder(early, typed))
    elif early["config"] not in (None, "None"):
        values = read_config_file(early["config"]).values
    of_environment = backend_of_environment()
    if of_environment is not None:
        values["backend"] = of_environment
    values = {**values, **typed}
    backend, gpu = (values.get(name, getattr(RunSettings, name)) for name in ("backend", "gpu"))
    plugins = load_plugins(paths, backend, gpu, "gpu" in typed)
    if not is_file:
        return plugins, None
    names = DATASETS.names_from(plugins[paths.index(dataset)].module)
    if len(names) != 1:
        raise UserError(
            f"dataset: {dataset} must register one data set. Received: {' '.join(names) or 'none'}"
        )
    return plugins, names[0]


def _parser():
    parser = Parser(
        prog="main.py",
        usage="python main.py [--config NAME] [flags]",
        description="Train a hierarchical VAE. Defaults < configuration file < typed flags.",
    )
    _add_command_flags(parser.add_argument_group("command"))
    add_field_flags(parser)
    return parser


def _add_command_flags(command):
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
    add_plugin_flag(command)


def _start(command, typed, plugins):
    values = {}
    if command["config"] not in (None, "None"):
        file = read_config_file(command["config"])
        file.tell(command["config"])
        values = _without_others_splits(dataset_as_here(file.values), typed)
    experiment = Experiment.from_flat(with_family({**values, **typed}))
    if "num_flows" in typed and experiment.model.flow_type == "none" and any(typed["num_flows"]):
        received = " ".join(str(count) for count in typed["num_flows"])
        raise UserError(f"num_flows: needs a flow_type other than none. Received: {received}")
    name = experiment.run.name or default_name(command["config"])
    if experiment.run.save and not command["print_config"]:
        check_new_run(pathlib.Path(experiment.run.save_dir) / name, command["reset"])
    config = command["config"] or ""
    return TrainingRequest(experiment, name, False, command["reset"], plugins, config=config)


def _without_others_splits(values, typed):
    """A file's values without its `split_of` where another data set than its own is typed."""
    is_other = typed.get("dataset", values.get("dataset")) != values.get("dataset")
    return {name: value for name, value in values.items() if name != "split_of" or not is_other}


def _resume(command, typed, plugins):
    if command["reset"] or command["config"]:
        other = "--reset" if command["reset"] else "--config"
        raise UserError(f"--resume takes the run's own configuration; it does not go with {other}")
    folder = _run_folder(command, typed)
    if command["resume"]:
        for name, own in (("name", folder.name), ("save_dir", str(folder.parent))):
            if typed.get(name, own) != own:
                raise UserError(f"{name}: --resume {folder} says {own}. Received: {typed[name]}")
    values = dataset_as_here(read_config(folder))
    with told_how_to_load(folder, spell_flag):
        before = Experiment.of_run(folder, values).to_flat()
    if not state_files(folder):
        raise UserError(f"{folder} has no state to go on from; {no_state_advice(folder)}")
    kept = {path.name: path for path in kept_plugins(folder)}
    for plugin in plugins:
        path = kept.get(plugin.path.name, plugin.path)
        if path.read_text(encoding="utf-8") != plugin.text:
            raise UserError(f"plugin: a resumed run keeps {path}. Received: {plugin.path}")
    _refuse_change("model_family", before, typed)
    place = {"save_dir": str(folder.parent), "name": folder.name}
    after = Experiment.from_flat({**before, **typed, **place})
    fixed = (*dataclasses.asdict(after.model), *_FIXED_ON_RESUME)
    for name in fixed:
        _refuse_change(name, before, after.to_flat())
    _tell_edited(folder / CONFIG, before, state_config(folder), fixed)
    return TrainingRequest(after, folder.name, True, False, plugins, config=str(folder))


def _run_folder(command, typed):
    """The folder of the run to go on with."""
    if command["resume"]:
        return pathlib.Path(command["resume"])
    if "name" in typed:
        return pathlib.Path(typed.get("save_dir", RunSettings.save_dir)) / typed["name"]
    raise UserError("--resume needs the folder of a run, or --name")


def _tell_edited(path, values, trained, fixed):
    """Say which fields of a run's configuration are no longer those that it was trained with.

    Args:
        path: the configuration.
        values: its names and values.
        trained: those of the state that training goes on from.
        fixed: names of those that must not change.

    Raises:
        UserError: for one of these.
    """
    own = [field.name for field in dataclasses.fields(TrainingConfig)]
    for name in dict.fromkeys([*fixed, *own]):
        if trained.get(name, values[name]) != values[name]:
            text = f"{path} was changed: {name} was {trained[name]} when the state was saved"
            if name in fixed:
                raise UserError(f"{text}. Received: {values[name]}")
            print(f"{text}, now it is {values[name]}", file=sys.stderr)


def _refuse_change(name, before, after):
    if after.get(name, before[name]) != before[name]:
        raise UserError(f"{name}: a resumed run keeps {before[name]}. Received: {after[name]}")
