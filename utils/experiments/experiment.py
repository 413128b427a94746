"""Everything a training run is made from, as one tree of configurations."""

import dataclasses

from data.load import describe
from hvae.config import ModelConfig
from hvae.configuration.settings import from_dict, refuse_unknown, to_dict
from hvae.errors import UserError
from hvae.training.config import TrainingConfig
from utils.experiments.run_settings import RunSettings

#: Groups of fields, in the order of `--help`, of files and of the documentation.
GROUPS = ("general", "model", "reconstruction head", "flow", "attention", "training")

#: The parts, in the order in which they are written.
PARTS = {"run": RunSettings, "model": ModelConfig, "training": TrainingConfig}


@dataclasses.dataclass(frozen=True)
class Experiment:
    """Everything a training run is made from.

    In files and on the command line its fields are flat: no two parts share a name.
    """

    run: RunSettings
    model: ModelConfig
    training: TrainingConfig

    @classmethod
    def from_flat(cls, values):
        """Build from flat names; what the data set decides is filled in.

        Args:
            values: names and values, as YAML and flags give them.

        Raises:
            UserError: for an unknown name, a wrong value, or values that do not fit
                the data set.
        """
        refuse_unknown(values, all_fields())
        parts = {part: _values_of(config_class, values) for part, config_class in PARTS.items()}
        run = from_dict(RunSettings, parts["run"])
        parts["model"] = _describe_images(run, parts["model"])
        return cls(
            run,
            from_dict(ModelConfig, parts["model"]),
            from_dict(TrainingConfig, parts["training"]),
        )

    def to_flat(self):
        """Names and values of all fields, by group: `from_flat` gives the same back."""
        values = {name: v for part in PARTS for name, v in to_dict(getattr(self, part)).items()}
        return {name: values[name] for name in all_fields()}


def all_fields():
    """Every field of every part by name, in the order of `GROUPS`."""
    fields = [field for part in PARTS.values() for field in dataclasses.fields(part)]
    fields.sort(key=lambda field: GROUPS.index(field.metadata["group"]))
    return {field.name: field for field in fields}


def _values_of(config_class, values):
    names = {field.name for field in dataclasses.fields(config_class)}
    return {name: value for name, value in values.items() if name in names}


def _describe_images(run, values):
    """The model's values with those that follow from the data set."""
    info = describe(run.dataset, run.binarize)
    described = {
        "image_size": list(info.image_size),
        "image_channels": info.image_channels,
        "levels": info.levels,
    }
    for name, value in described.items():
        given = values.get(name, value)
        if given != value:
            raise UserError(f"{name}: the images of {run.dataset} have {value}. Received: {given}")
    default = {"likelihood": "bernoulli" if info.levels == 2 else "dmol"}
    return {**default, **values, **described}
