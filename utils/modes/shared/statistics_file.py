"""The average KL of every latent variable, as `load_model.py RUN statistics` leaves it."""

import zipfile
from typing import NamedTuple

import numpy as np

from hvae.errors import UserError
from utils.files.arrays_file import write_arrays
from utils.runs.results import latest_result

MODE, NAME = "statistics", "statistics.npz"


class Statistics(NamedTuple):
    """Average KL of every latent variable, and of what it is the average."""

    kl_of_units: tuple  # per block (height, width, z_width), nats; smallest scale first
    scales: tuple  # per block the name of its scale, e.g. "8x8"
    images: int  # how many were averaged over
    images_name: str  # which: split and data set
    seed: int  # of the choice of images and of the noise
    weights: str  # which weights of the run, e.g. "best ema weights"


def write_statistics(path, statistics):
    """Write a `Statistics` as `.npz`: `kl_0` … for the blocks, the rest under its field's name."""
    values = statistics._asdict()
    blocks = {f"kl_{i}": kl for i, kl in enumerate(values.pop("kl_of_units"))}
    write_arrays(path, **blocks, **values)


def read_statistics(run_folder):
    """The newest `Statistics` of a run.

    Raises:
        UserError: if there is none, or its file is damaged.
    """
    path = latest_result(run_folder, MODE, NAME)
    if path is None:
        raise UserError(
            f"no statistics in {run_folder}; python load_model.py {run_folder} {MODE} makes them"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            scales = tuple(str(name) for name in file["scales"])
            return Statistics(
                tuple(file[f"kl_{i}"] for i in range(len(scales))),
                scales,
                int(file["images"]),
                str(file["images_name"]),
                int(file["seed"]),
                str(file["weights"]),
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise UserError(
            f"{path} is damaged ({' '.join(str(error).split())}); "
            f"python load_model.py {run_folder} {MODE} makes it anew"
        ) from error
