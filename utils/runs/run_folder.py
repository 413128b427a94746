"""The folder of a run: made new, or taken up again."""

import datetime
import pathlib
import platform

from hvae.errors import UserError
from hvae.files.atomic import delete_folder, write_text
from hvae.files.run_files import CONFIG, VERSIONS
from hvae.files.versions import installed_versions
from hvae.registry.plugins import keep_plugins
from utils.experiments.config_files import run_to_yaml, to_yaml
from utils.runs.run_lock import run_lock

_PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "openvino", "numpy")


def default_name(config_name):
    """Name of a run that was given none: its config and the date."""
    stem = pathlib.Path(config_name).stem if config_name else "run"
    return f"{stem}_{datetime.datetime.now():%Y-%m-%d_%H-%M-%S}"


def clear_place(folder, reset):
    """Make sure that a run can be made in a folder.

    Args:
        folder: the run's, a `pathlib.Path`.
        reset: whether to delete the run that is there.

    Raises:
        UserError: as `check_new_run`; or if the run is in use, or cannot be deleted.
    """
    check_new_run(folder, reset)
    if (folder / CONFIG).is_file():
        with run_lock(folder):
            delete_folder(folder)


def check_new_run(folder, reset):
    """Refuse a folder that a new run cannot have.

    Args:
        folder: the run's, a `pathlib.Path`.
        reset: whether what is there is to be deleted.

    Raises:
        UserError: if it holds anything and `reset` is not given, or that is not a run.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not reset:
        raise UserError(f"{folder} exists; give --resume to go on with it, or --reset to delete it")
    if not (folder / CONFIG).is_file():
        raise UserError(f"{folder} is not a run, it is not deleted: {CONFIG} is missing")


def write_description(folder, experiment, plugins=()):
    """Write the configuration, the plugins and the versions that a run was made with."""
    write_text(folder / CONFIG, run_to_yaml(experiment))
    keep_plugins(folder, plugins)
    versions = {"python": platform.python_version(), **installed_versions(_PACKAGES)}
    write_text(folder / VERSIONS, to_yaml(versions))
