"""Everything a training run is made from, as one tree of configurations."""

import dataclasses

from data.load import describe, load_splits
from data.picture_settings import PictureSettings
from data.sets import DATASETS
from data.training_batches import TrainingBatches
from hvae.checks.received import received
from hvae.config import ModelConfig
from hvae.configuration.run_format import complete
from hvae.configuration.settings import field_types, from_dict, refuse_unknown, to_dict
from hvae.errors import UserError
from hvae.families import CONFIGS
from hvae.files.run_files import CONFIG
from hvae.loading import family_config
from hvae.training.config import TrainingConfig
from utils.experiments.run_settings import RunSettings


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
            UserError: for an unknown name, a wrong value, a field of another family than the
                one that is chosen, or values that do not fit the data set.
        """
        if "model_family" in values:
            # Without the family, all of its fields would be unknown.
            CONFIGS.check(values["model_family"])
        refuse_unknown(values, all_fields())
        if values.get("flow_type") == "none":
            # Where somebody has said so, nothing reads how many there would be.
            values = {name: value for name, value in values.items() if name != "num_flows"}
        of_run, values = _taken_out(values, RunSettings)
        of_training, of_model = _taken_out(values, TrainingConfig)
        if "dataset" not in of_run:
            _check_named(of_model)
        run = from_dict(RunSettings, of_run)
        return cls(
            run,
            ModelConfig.from_dict(_describe_images(run, of_model)),
            from_dict(TrainingConfig, of_training),
        )

    @classmethod
    def of_run(cls, folder, values):
        """Build from a run's configuration.

        Args:
            folder: the run's folder.
            values: of `hvae.loading.read_config`.

        Raises:
            UserError: for a field that is missing, and as `from_flat`.
        """
        classes = (RunSettings, family_config(folder, values), TrainingConfig)
        return cls.from_flat(complete(f"{folder}/{CONFIG}", values, classes))

    @property
    def pictures(self):
        """The `PictureSettings` of the run."""
        return _pictures(self.run, self.model.image_size, self.model.image_channels)

    @property
    def in_use(self):
        """The same for a use of what was trained: all images, and one draw of binary pixels.

        A use has no epochs that could each have a draw of their own.
        """
        binarize = "none" if self.run.binarize == "none" else "static"
        run = dataclasses.replace(self.run, binarize=binarize, limit_train=0, limit_eval=0)
        return dataclasses.replace(self, run=run)

    def load_splits(self, tell=lambda line: None):
        """Read its images: a `Splits`.

        Args:
            tell: function that takes a line on what the user should know of them.

        Raises:
            UserError: if the files are not there, or not what they should be.
        """
        run = self.run
        return load_splits(
            run.dataset,
            run.data_dir,
            run.binarize,
            run.limit_train,
            run.limit_eval,
            run.split_of,
            self.pictures,
            tell,
        )

    def batches(self, splits, shard=0, num_shards=1):
        """The `TrainingBatches` of its training images.

        Args:
            splits: its `Splits`.
            shard, num_shards: which part of every batch, and of how many.
        """
        run, training = self.run, self.training
        return TrainingBatches(
            splits.train,
            training.data_batch_size,
            training.seed,
            DATASETS[run.dataset].info.levels if run.binarize == "dynamic" else None,
            run.horizontal_flip,
            shard,
            num_shards,
        )

    def to_flat(self):
        """Names and values of all fields, by group: `from_flat` gives the same back.

        Of the families, only the fields of the one that was chosen.
        """
        values = {**to_dict(self.run), **to_dict(self.model), **to_dict(self.training)}
        return {name: values[name] for name in all_fields() if name in values}


def groups():
    """Groups of fields, in the order of `--help`, of files and of the documentation.

    A family's own fields are a group of its name.
    """
    return ("general", "model", *CONFIGS.names(), "flow", "attention", "training")


def config_classes():
    """The classes of all parts; for the model, those of all families."""
    return (RunSettings, *(CONFIGS[name] for name in CONFIGS.names()), TrainingConfig)


def all_fields():
    """Every field of every part, and of every family, by name, in the order of `groups`."""
    fields = {}
    for config_class in config_classes():
        for field in dataclasses.fields(config_class):
            fields.setdefault(field.name, field)
    order = groups()
    in_order = sorted(fields.values(), key=lambda field: order.index(field.metadata["group"]))
    return {field.name: field for field in in_order}


def all_field_types():
    """Of each of `all_fields`, its type and whether it is a list."""
    return {k: v for config_class in config_classes() for k, v in field_types(config_class).items()}


def group_title(group):
    """What a group is called where people read it."""
    return f"only with --model_family {group}" if group in CONFIGS.names() else group


def _taken_out(values, config_class):
    """The values that are a class's fields, and the others."""
    names = {field.name for field in dataclasses.fields(config_class)}
    taken = {name: value for name, value in values.items() if name in names}
    return taken, {name: value for name, value in values.items() if name not in names}


def _check_named(of_model):
    """Raises `UserError` if values ask for images of a size, and no data set is named.

    Args:
        of_model: names and values of the model.
    """
    if "image_size" not in of_model:
        return
    size = _height_and_width(of_model["image_size"])
    if size == list(describe(RunSettings.dataset).image_size):
        return
    kind = {"image_size": tuple(size), "image_channels": of_model.get("image_channels")}
    fits = [
        name
        for name in DATASETS.names()
        if all(value in (None, getattr(DATASETS[name].info, key)) for key, value in kind.items())
    ]
    height, width = size
    raise UserError(
        f"dataset: must be named, the configuration says only that images are {height}x{width}; "
        f"of this size are {', '.join(dict.fromkeys([*fits, 'images']))}"
    )


def _pictures(run, image_size, image_channels):
    return PictureSettings(
        tuple(image_size),
        image_channels,
        run.background,
        run.skip_unreadable,
        run.limit_train,
        run.limit_eval,
    )


def _height_and_width(size):
    """Both, where one number stands for a square."""
    sides = list(size) if isinstance(size, (list, tuple)) else [size]
    # What one of them may be is checked with the model's other values.
    if len(sides) not in (1, 2) or not all(isinstance(side, (int, str)) for side in sides):
        raise UserError(
            f"image_size: must be a height and a width, or one number. Received: {received(size)}"
        )
    return sides * 2 if len(sides) == 1 else sides


def _describe_images(run, values):
    """The model's values with those that follow from the data set."""
    values = {**values}
    if "image_size" in values:
        values["image_size"] = _height_and_width(values["image_size"])
    default = PictureSettings()
    size = values.get("image_size", default.image_size)
    asked_for = _pictures(run, size, values.get("image_channels", default.image_channels))
    info = describe(run.dataset, run.binarize, run.split_of, asked_for)
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
