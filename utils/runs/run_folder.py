"""The folder of a run: made new, or taken up again."""

import datetime
import pathlib
import platform
import shutil

from hvae.errors import UserError
from hvae.files.atomic import make_folder, write_text
from hvae.files.run_files import CONFIG, VERSIONS
from hvae.files.versions import installed_versions
from hvae.registry.plugins import keep_plugins
from utils.experiments.config_files import experiment_to_yaml, to_yaml

_PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "openvino", "numpy")


def default_name(config_name):
    """Name of a run that was given none: its config and the date."""
    stem = pathlib.Path(config_name).stem if config_name else "run"
    return f"{stem}_{datetime.datetime.now():%Y-%m-%d_%H-%M-%S}"


def make_run_folder(save_dir, name, reset):
    """Make a new folder.

    Args:
        save_dir: folder of all runs.
        name: name of the run.
        reset: whether to delete what is there under this name.

    Raises:
        UserError: if the folder exists and `reset` is not given, or it is not a run.
    """
    folder = pathlib.Path(save_dir) / name
    check_new_run(folder, reset)
    if folder.exists():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise UserError(f"could not delete {folder} ({error.strerror or error})") from error
    make_folder(folder)
    return folder


def check_new_run(folder, reset):
    """Refuse a folder that a new run cannot have.

    Args:
        folder: the run's, a `pathlib.Path`.
        reset: whether what is there is to be deleted.

    Raises:
        UserError: as `make_run_folder`.
    """
    if not folder.exists():
        return
    if not reset:
        raise UserError(f"{folder} exists; give --resume to go on with it, or --reset to delete it")
    if not (folder / CONFIG).is_file():
        raise UserError(f"{folder} is not a run, it is not deleted: {CONFIG} is missing")


def write_description(folder, experiment, plugins=()):
    """Write the configuration, the plugins and the versions that a run was made with."""
    write_text(folder / CONFIG, experiment_to_yaml(experiment))
    keep_plugins(folder, plugins)
    versions = {"python": platform.python_version(), **installed_versions(_PACKAGES)}
    write_text(folder / VERSIONS, to_yaml(versions))
