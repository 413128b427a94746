"""The data sets, one file each: `INFO` describes the images, `load(data_dir)` reads them."""

import importlib

from hvae.registry.discovery import module_names


def dataset_names():
    """Values that `dataset` may have."""
    return module_names(__path__)


def get_dataset(name):
    """The module of a data set, with `INFO` and `load`."""
    return importlib.import_module(f"{__name__}.{name}")
