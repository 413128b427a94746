"""YAML files of experiments."""

import pathlib

import yaml

from data.sets import DATASETS
from hvae.errors import UserError
from hvae.published.openai_vdvae.block_strings import expand_block_strings
from utils.experiments.experiment import all_fields

FOLDER = pathlib.Path(__file__).parents[2] / "cfg"


def config_names():
    """Names that `--config` takes."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read_config_file(name):
    """Values of a configuration file, and the names in it that are not used.

    Args:
        name: a name in `cfg/`, the path of a YAML file, ours or one of mgp123/nvae, or of
            a `.cfg` file of Efficient-VDVAE.

    Raises:
        UserError: if there is no such file, or it does not hold keys and values.
    """
    path = pathlib.Path(name)
    if path.suffix not in (".yaml", ".yml", ".cfg"):
        path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise UserError(
            f"unknown config {name}; there are {', '.join(config_names())}, or a YAML file's path"
        )
    if path.suffix == ".cfg":
        # Here, since a reader needs the family whose files it reads.
        from hvae.published.efficient_vdvae.cfg_file import read_efficient_vdvae_cfg

        num_train = {name: DATASETS[name].info.num_train for name in DATASETS.names()}
        return read_efficient_vdvae_cfg(path, num_train)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, OSError) as error:
        raise UserError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if values is None:
        return {}, []
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold keys and values, not {type(values).__name__}")
    if _is_nvae_yaml(values):
        from hvae.published.mgp123_nvae.yaml_file import read_nvae_yaml

        return read_nvae_yaml(path, values)
    return expand_block_strings(values), []


def _is_nvae_yaml(values):
    """Whether keys and values are those of a file of mgp123/nvae."""
    return "channel_towers" in values and "input_dimension" in values


def to_yaml(values):
    """Flat values as YAML, in the order given, lists on one line."""
    return "".join(_entry(name, value) for name, value in values.items())


def experiment_to_yaml(experiment):
    """A whole `Experiment` as YAML, its groups under headings."""
    text, group = "", None
    for name, value in experiment.to_flat().items():
        heading = all_fields()[name].metadata["group"]
        if heading != group:
            text += f"{'' if group is None else chr(10)}# {heading}\n"
            group = heading
        text += _entry(name, value)
    return text


def _entry(name, value):
    if isinstance(value, list):
        return f"{name}: [{', '.join(str(item) for item in value)}]\n"
    return yaml.safe_dump({name: value})
