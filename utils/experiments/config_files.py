"""YAML files of experiments."""

import pathlib
import sys
from typing import Any, NamedTuple

import yaml

from data.sets import DATASETS
from hvae.configuration.run_format import FORMAT, FORMAT_NAME, refuse_unreadable
from hvae.errors import UserError
from hvae.files.yaml_file import read_yaml
from hvae.published.swpenninga_hvae.yaml_file import is_hvae_yaml, read_hvae_yaml
from utils.experiments.experiment import all_fields

FOLDER = pathlib.Path(__file__).parents[2] / "cfg"


def config_names():
    """Names that `--config` takes."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


class ConfigFile(NamedTuple):
    """What a configuration file asks for."""

    values: dict[str, Any]  # flat names and values of ours
    unused: list[str] = []  # names in it that are not used here
    remarks: list[str] = []  # what else is to be said of it

    def tell(self, name):
        """Say on standard error what is not used, and what differs: a line each."""
        lines = [f"not used here: {', '.join(self.unused)}"] if self.unused else []
        for line in [*lines, *self.remarks]:
            print(f"{name}: {line}", file=sys.stderr)


def read_config_file(name):
    """The `ConfigFile` of a name or path.

    Args:
        name: a name in `cfg/`, the path of a YAML file, ours or one of swpenninga/hvae or
            mgp123/nvae, or of a `.cfg` file of Efficient-VDVAE.

    Raises:
        UserError: if there is no such file, or it does not hold names and values.
    """
    path = pathlib.Path(name)
    kind = path.suffix.lower()
    if kind not in (".yaml", ".yml", ".cfg"):
        path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise UserError(
            f"unknown config {name}; there are {', '.join(config_names())}, or a YAML file's path"
        )
    # Imported here, since a reader needs the family whose files it reads.
    if kind == ".cfg":
        from hvae.published.efficient_vdvae.cfg_file import read_efficient_vdvae_cfg

        datasets = {name: DATASETS[name](_of(name, "efficient")) for name in DATASETS.names()}
        num_train = {name: dataset.num_train() for name, dataset in datasets.items()}
        values, unused = read_efficient_vdvae_cfg(path, num_train)
        return ConfigFile({**values, "split_of": datasets[values["dataset"]].split_of}, unused)
    values = read_yaml(path)
    if not values:
        # All defaults would be trained, which whoever names a file does not want.
        raise UserError(f"config: {path} must hold names and values. Received: an empty file")
    if FORMAT_NAME in values:  # a run's
        refuse_unreadable(path, values)
        del values[FORMAT_NAME]
    if _is_nvae_yaml(values):
        from hvae.published.mgp123_nvae.yaml_file import read_nvae_yaml

        return ConfigFile(*read_nvae_yaml(path, values))
    if is_hvae_yaml(values):
        values, remarks = read_hvae_yaml(values)
        return ConfigFile(values, remarks=remarks)
    if "enc_blocks" in values or "dec_blocks" in values:
        from hvae.published.openai_vdvae.block_strings import expand_block_strings

        values = expand_block_strings(values)
    return ConfigFile(values)


def _of(dataset, codebase):
    """A codebase's name in `split_of` if the data set has its splits, else `own`."""
    return codebase if codebase in DATASETS[dataset].split_names else "own"


def _is_nvae_yaml(values):
    """Whether keys and values are those of a file of mgp123/nvae."""
    return "channel_towers" in values and "input_dimension" in values


def to_yaml(values):
    """Flat values as YAML, in the order given, lists on one line."""
    return "".join(_entry(name, value) for name, value in values.items())


def run_to_yaml(experiment):
    """The configuration of a run, which says its format too."""
    return to_yaml({FORMAT_NAME: FORMAT}) + experiment_to_yaml(experiment)


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
