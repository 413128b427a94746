"""Files of weights that say whose they are, and whether they are still what was written.

HDF5 as Keras writes it, which `keras.Model.load_weights` reads, with two attributes: `sha256`, of
the weights, and `config`, the model's configuration as JSON. Files without them are read too.
"""

import io
import json
import os
import warnings
from typing import TYPE_CHECKING

import h5py

from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.execution.paused_collector import collector_paused
from hvae.files.atomic import write_bytes
from hvae.files.checksums import weights_checksum

if TYPE_CHECKING:
    # Importing it chooses the backend.
    from hvae.model import HVAE

_CHECKSUM, _CONFIG = "sha256", "config"


class _Buffer(io.BytesIO):
    """A file in memory, for Keras, which wants to know that it is one of weights."""

    def __str__(self):
        return "buffer.weights.h5"


def save_weights(model: "HVAE", path: str | os.PathLike) -> None:
    """Write a model's weights, whole.

    They are bytes before they meet the disk: HDF5 ends the process where that is full.

    Raises:
        UserError: if the disk is full, or the file cannot be written; an older one stays.
    """
    buffer = _Buffer()
    # Keras 3.15 makes a blank layer, a cycle, for every layer that it saves: it keeps the names of
    # attributes under one key and looks for them under another. Those that live while the collector
    # looks grow old, and stay for thousands of epochs, until a quarter of all objects are new.
    with collector_paused():
        model.save_weights(buffer)
    with h5py.File(buffer, "r+") as file:
        file.attrs[_CHECKSUM] = weights_checksum(model)
        file.attrs[_CONFIG] = json.dumps(to_dict(model.config))
    write_bytes(path, buffer.getbuffer())


def load_weights(model: "HVAE", path: str | os.PathLike) -> None:
    """Load a `.weights.h5` file.

    Raises:
        UserError: if it is damaged, or belongs to another model.
    """
    try:
        with warnings.catch_warnings():
            # Keras would go on with new weights in their place.
            warnings.filterwarnings("error", message="Skipping nested container")
            model.load_weights(path)
        with h5py.File(path, "r") as file:
            stored, checksum = _count_arrays(file), file.attrs.get(_CHECKSUM)
    except Exception as error:  # what a damaged file makes of its reader is anything
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path} is damaged or belongs to another model ({reason[:200]})"
        ) from error
    # Keras takes what the model has and leaves the rest of the file unread.
    if stored != len(model.weights):
        raise UserError(
            f"{path} belongs to another model: it has {stored} arrays, "
            f"the model needs {len(model.weights)}"
        )
    if checksum not in (None, weights_checksum(model)):
        raise UserError(f"{path} is damaged: its weights are not those that were written")


def config_of_weights(path):
    """The configuration of the model that a file was written for, names and values.

    Empty if the file does not say, or cannot be read: what is wrong then, `load_weights` says.
    """
    try:
        with h5py.File(path, "r") as file:
            return dict(json.loads(file.attrs.get(_CONFIG, "{}")))
    except Exception:  # what a damaged file makes of its reader is anything
        return {}


def _count_arrays(file):
    arrays = []
    file.visititems(lambda name, item: arrays.append(name) if _is_array(item) else None)
    return len(arrays)


def _is_array(item):
    return isinstance(item, h5py.Dataset)
