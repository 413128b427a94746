"""A configuration, ready to train."""

import random
from typing import Any, NamedTuple

from utils.command_line.keras_import import import_keras
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
        import_keras()

        from hvae.model import HVAE
        from hvae.training.backends.backend import training_backend
        from hvae.training.data_dependent_init import data_dependent_init
        from hvae.training.trainer import Trainer

    experiment, training = request.experiment, request.experiment.training
    splits = experiment.load_splits()
    batches = experiment.batches(splits)
    random.seed(training.seed)
    model = HVAE(experiment.model)
    if training.data_dep_init:
        data_dependent_init(model, next(iter(batches.epoch(0))), training.seed)
    trainer = Trainer(
        model,
        training,
        len(batches),
        jit=training_backend().uses_compiler(experiment.run.jit),
    )
    return Prepared(experiment, splits, batches, trainer)
