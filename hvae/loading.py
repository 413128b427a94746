"""Read a model: of a run, or of a `.keras` file."""

import dataclasses
import os
from typing import TYPE_CHECKING, Any, Literal

from hvae.checks.paths import given_path
from hvae.config import ModelConfig
from hvae.configuration.run_format import complete, refuse_unreadable
from hvae.configuration.settings import to_dict
from hvae.errors import UserError
from hvae.families import CONFIGS
from hvae.files.run_files import CONFIG, MOMENTS, WEIGHTS, check_run, weights_file
from hvae.files.weights import config_of_weights, load_weights
from hvae.files.yaml_file import read_yaml
from hvae.registry.plugins import told_how_to_load

if TYPE_CHECKING:
    # Importing it chooses the backend.
    from hvae.model import HVAE


def read_config(folder: str | os.PathLike) -> dict[str, Any]:
    """A run's configuration as a flat dictionary, with its `run_format`.

    Raises:
        UserError: if the folder is not a run, or its configuration is damaged, or of a later
            version.
    """
    path = check_run(folder, []) / CONFIG
    values = read_yaml(path)
    refuse_unreadable(path, values)
    return values


def read_model_config(folder: str | os.PathLike) -> ModelConfig:
    """The `ModelConfig` of a run.

    Raises:
        UserError: if the folder is not a run, or a field is missing or wrong.
    """
    values = read_config(folder)
    with told_how_to_load(folder, lambda path: f'hvae.load_plugin("{path}")'):
        config_class = family_config(folder, values)
        names = [field.name for field in dataclasses.fields(config_class)]
        values = complete(f"{folder}/{CONFIG}", values, [config_class])
        return ModelConfig.from_dict({name: values[name] for name in names if name in values})


def family_config(folder: str | os.PathLike, values: dict[str, Any]) -> type[ModelConfig]:
    """The configuration class of the family that a run's configuration names.

    Raises:
        UserError: if it names none, or one that there is not.
    """
    if "model_family" not in values:
        raise UserError(f"{folder}/{CONFIG} is damaged: model_family is missing")
    return CONFIGS[values["model_family"]]


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
    config = read_model_config(folder)
    _refuse_edited(folder, config, config_of_weights(folder / name))
    model = HVAE(config)
    load_weights(model, folder / name)
    return model


def _refuse_edited(folder, config, written):
    """Raises `UserError` if a run's configuration is no longer that of its weights.

    Args:
        folder: the run's folder.
        config: its `ModelConfig`.
        written: names and values that its weights were made with.
    """
    for name, value in to_dict(config).items():
        if written.get(name, value) != value:
            raise UserError(
                f"{folder}/{CONFIG} was changed: {name} was {written[name]} when the weights were "
                f"written. Received: {value}"
            )


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
