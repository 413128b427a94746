"""A configuration, ready to train."""

from typing import Any, NamedTuple

from utils.command_line.quiet import native_messages_hidden
from utils.command_line.training_request import parse_training_arguments


class Prepared(NamedTuple):
    """What `main.py` would train, with nothing written."""

    experiment: Any
    splits: Any
    batches: Any
    trainer: Any


def prepare(name, *flags):
    """Data, model and trainer of `main.py --config NAME FLAGS`."""
    request = parse_training_arguments(["--config", name, "--no-save", *flags])
    request.set_environment()
    with native_messages_hidden():
        import keras

        from data.load import load_splits
        from data.sets import DATASETS
        from data.training_batches import TrainingBatches
        from hvae.model import HVAE
        from hvae.training.backends.backend import training_backend
        from hvae.training.data_dependent_init import data_dependent_init
        from hvae.training.trainer import Trainer

    run, training = request.experiment.run, request.experiment.training
    splits = load_splits(
        run.dataset,
        run.data_dir,
        run.binarize,
        run.limit_train,
        run.limit_eval,
        run.split_of,
    )
    levels = DATASETS[run.dataset].info.levels if run.binarize == "dynamic" else None
    batches = TrainingBatches(splits.train, training.data_batch_size, training.seed, levels)
    keras.utils.set_random_seed(training.seed)
    model = HVAE(request.experiment.model)
    if training.data_dep_init:
        data_dependent_init(model, next(iter(batches.epoch(0))), training.seed)
    trainer = Trainer(
        model,
        training,
        len(batches),
        jit=training_backend().uses_compiler(run.jit),
    )
    return Prepared(request.experiment, splits, batches, trainer)
