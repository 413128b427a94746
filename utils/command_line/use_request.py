"""What the user of `load_model.py` asks for."""

import argparse
import dataclasses
from typing import Any

from hvae.errors import UserError
from hvae.files.run_files import check_run, weights_file
from hvae.loading import read_config
from hvae.registry.plugins import told_how_to_load
from utils.command_line.environment import backend_of_environment, set_environment
from utils.command_line.flags import Parser
from utils.command_line.plugins import load_plugins, spell_flag
from utils.command_line.spellings import dataset_as_here
from utils.experiments.experiment import Experiment
from utils.experiments.run_settings import RunSettings
from utils.modes import MODES
from utils.modes.shared.device_flags import SHARING_BACKENDS, add_device_flags, check_devices
from utils.modes.shared.mode_flags import add_model_flags, check_values


@dataclasses.dataclass(frozen=True)
class UseRequest:
    """Which run to use, and for what."""

    run: str
    mode_name: str
    mode: Any  # a `Mode`
    typed: argparse.Namespace  # the flags' values
    experiment: Experiment  # what the run was made from
    backend: str

    @property
    def shares_batches(self):
        """Whether several devices may share the images of a batch."""
        return self.mode.SHARES_BATCHES and self.backend in SHARING_BACKENDS

    def set_environment(self):
        """Set what must be set before keras is imported."""
        gpu = getattr(self.typed, "gpu", None)
        set_environment(self.backend, gpu or self.experiment.run.gpu, gpu is not None)


def parse_use_arguments(arguments=None):
    """Read the command line.

    Returns:
        A `UseRequest`.

    Raises:
        UserError: for anything the user got wrong, or a folder that is not a run.
    """
    typed, parser = _parse(arguments)
    check_values(parser, typed)
    mode = MODES[typed.mode]()
    mode.check(typed)
    check_run(typed.run, [weights_file(typed.moment, typed.weights)])
    values = dataset_as_here(read_config(typed.run))
    if getattr(typed, "data_dir", None) is not None:
        values["data_dir"] = typed.data_dir
    backend = _backend(mode, typed, values)
    check_devices(typed, backend)
    load_plugins(typed.plugin, backend, values.get("gpu", RunSettings.gpu))
    with told_how_to_load(typed.run, spell_flag):
        experiment = Experiment.of_run(typed.run, values)
    mode.check_model(typed, experiment.model)
    return UseRequest(typed.run, typed.mode, mode, typed, experiment, backend)


def _backend(mode, typed, values):
    if mode.BACKEND:
        if typed.backend not in (None, mode.BACKEND):
            raise UserError(
                f"backend: {typed.mode} runs under {mode.BACKEND}, whichever backend trained. "
                f"Received: {typed.backend}"
            )
        return mode.BACKEND
    chosen = typed.backend or backend_of_environment()
    return chosen or values.get("backend", RunSettings.backend)


def _parse(arguments):
    """The flags' values, and the parser of the mode that was asked for."""
    parser = Parser(prog="load_model.py", description="Use a trained model.")
    parser.add_argument("run", metavar="RUN", help="the run's folder, e.g. runs/NAME")
    parsers = parser.add_subparsers(
        dest="mode", metavar="MODE", required=True, parser_class=Parser, title="modes"
    )
    for name in MODES.names():
        mode = MODES[name]()
        of_mode = parsers.add_parser(name, help=mode.HELP, description=mode.HELP)
        mode.add_flags(of_mode)
        add_model_flags(of_mode, mode)
        if mode.SHARES_BATCHES:
            add_device_flags(of_mode)
    typed = parser.parse_args(arguments)
    return typed, parsers.choices[typed.mode]
