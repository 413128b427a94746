"""Names of the files in a run's folder."""

from hvae.checks.paths import given_path
from hvae.errors import UserError

CONFIG = "config.yaml"
VERSIONS = "versions.yaml"
#: Which images it was trained on, and validated.
DATA = "data.json"
METRICS = "metrics.csv"
METRICS_LINES = "metrics.jsonl"
TENSORBOARD = "tensorboard"
FIGURES = "figures"
#: Folder with copies of the plugins that the run was made with.
PLUGINS = "plugins"

#: Which weights there are: the moving average, and those that training goes on from.
WEIGHTS = ("ema", "raw")
#: From which epoch: the one with the best validation ELBO, or the last.
MOMENTS = ("best", "latest")


def weights_file(moment, kind):
    """File name of a run's weights."""
    return f"{moment}_{kind}.weights.h5"


def check_run(folder, needed):
    """The folder's path, if it is a run and holds the files that are needed.

    Raises:
        UserError: names the folder, and what is missing.
    """
    folder = given_path("run", folder)
    if not folder.is_dir():
        raise UserError(f"no such run: {folder}")
    if not (folder / CONFIG).is_file():
        raise UserError(f"{folder} is not a run: {CONFIG} is missing")
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{folder} is incomplete: {', '.join(missing)} is missing")
    return folder
