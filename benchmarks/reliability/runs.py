"""Whether a run is what it would have become."""

import csv

import h5py
import numpy as np

from hvae.files.run_files import METRICS, MOMENTS, WEIGHTS, weights_file


def difference(run, expected):
    """In what a run differs from one that was left alone: a line, or an empty text.

    Args:
        run, expected: folders.
    """
    for moment in MOMENTS:
        for kind in WEIGHTS:
            name = weights_file(moment, kind)
            if not (run / name).is_file():
                return f"{name} is missing"
            if not _same(_arrays(run / name), _arrays(expected / name)):
                return f"{name} differs"
    if _rows(run / METRICS) != _rows(expected / METRICS):
        return f"{METRICS} differs"
    left = [path.name for path in [*run.rglob(".writing-*"), *run.parent.glob(".writing-*")]]
    return f"left: {', '.join(left)}" if left else ""


def _same(arrays, others):
    return arrays.keys() == others.keys() and all(
        np.array_equal(array, others[name]) for name, array in arrays.items()
    )


def _arrays(path):
    arrays = {}
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, item: (
                arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return arrays


def _rows(path):
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k != "images_per_second"} for row in rows]
