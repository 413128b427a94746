"""Read a model: of a run, or of a `.keras` file."""

import dataclasses
import os
from typing import TYPE_CHECKING, Any, Literal

import h5py

from hvae.config import ModelConfig
from hvae.errors import UserError
from hvae.families import CONFIGS
from hvae.files.paths import given_path
from hvae.files.run_files import CONFIG, MOMENTS, WEIGHTS, check_run, weights_file
from hvae.files.yaml_file import read_yaml
from hvae.registry.plugins import told_how_to_load

if TYPE_CHECKING:
    # Importing it chooses the backend.
    from hvae.model import HVAE


def read_config(folder: str | os.PathLike) -> dict[str, Any]:
    """A run's configuration as a flat dictionary.

    Raises:
        UserError: if the folder is not a run, or its configuration is damaged.
    """
    path = check_run(folder, []) / CONFIG
    return read_yaml(path)


def read_model_config(folder: str | os.PathLike) -> ModelConfig:
    """The `ModelConfig` of a run.

    Raises:
        UserError: if the folder is not a run, or a field is missing or wrong.
    """
    values = read_config(folder)
    names, missing = [], ["model_family"]
    with told_how_to_load(folder, lambda path: f'hvae.load_plugin("{path}")'):
        if "model_family" in values:
            config_class = CONFIGS[values["model_family"]]
            names = [field.name for field in dataclasses.fields(config_class)]
            missing = [name for name in names if name not in values]
        if missing:
            raise UserError(f"{folder}/{CONFIG} is damaged: {', '.join(missing)} is missing")
        return ModelConfig.from_dict({name: values[name] for name in names})


def load_model(
    path: str | os.PathLike,
    weights: Literal["ema", "raw"] = "ema",
    moment: Literal["best", "latest"] = "best",
) -> "HVAE":
    """The model of a run, or of a `.keras` file, with its weights.

    Works under every backend, whichever wrote the weights. Code that a run keeps is not run:
    if it was made with a plugin, `hvae.load_plugin` that, or the run's copy, before.

    Args:
        path: the run's folder; or a file that `hvae.save_model` or `HVAE.save` has written.
        weights: of a run: `"ema"`, the moving average, or `"raw"`.
        moment: of a run: `"best"` by validation ELBO, or `"latest"`.

    Returns:
        An `HVAE`.

    Raises:
        UserError: if the folder is not a run, or a file is missing, damaged or of another model.
    """
    from hvae.model import HVAE

    for name, value, allowed in (("weights", weights, WEIGHTS), ("moment", moment, MOMENTS)):
        if value not in allowed:
            raise UserError(f"{name}: allowed are {', '.join(allowed)}. Received: {value}")
    path = given_path("path", path)
    if path.suffix == ".keras" and not path.is_dir():
        return _load_keras_file(path)
    name = weights_file(moment, weights)
    folder = check_run(path, [name])
    model = HVAE(read_model_config(folder))
    load_weights(model, folder / name)
    return model


def _load_keras_file(path):
    import keras

    from hvae.model import HVAE

    if not path.is_file():
        raise UserError(f"no such file: {path}")
    try:
        model = keras.saving.load_model(path)
    except UserError:
        raise
    except Exception as error:  # what a damaged archive makes of Keras's reader is anything
        reason = " ".join(str(error).split())
        raise UserError(f"{path} is damaged or no model of Keras ({reason[:200]})") from error
    if not isinstance(model, HVAE):
        raise UserError(f"{path}: must hold an HVAE. Received: {type(model).__name__}")
    return model


def load_weights(model: "HVAE", path: str | os.PathLike) -> None:
    """Load a `.weights.h5` file.

    Raises:
        UserError: if it is damaged, or belongs to another model.
    """
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path} is damaged or belongs to another model ({reason[:200]})"
        ) from error
    # Keras takes what the model has and leaves the rest of the file unread.
    stored = _count_arrays(path)
    if stored != len(model.weights):
        raise UserError(
            f"{path} belongs to another model: it has {stored} arrays, "
            f"the model needs {len(model.weights)}"
        )


def _count_arrays(path):
    arrays = []
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: arrays.append(name) if _is_array(item) else None)
    return len(arrays)


def _is_array(item):
    return isinstance(item, h5py.Dataset)
