"""Training by the clock."""

import itertools
from functools import partial

from benchmarks.timing import seconds_of


def updates_by_clock(trainer, batches, share):
    """Updates until the time is up, all schedules stretched or cut to it.

    Args:
        trainer: a `Trainer`; its schedules are replaced.
        batches: `TrainingBatches`.
        share: function of nothing: which part of the time has passed.

    Yields:
        The seconds of each update.
    """
    total = trainer.config.epochs * len(batches)

    def by_time(schedule):
        # The whole schedule in the given time, however many updates that allows.
        return lambda _: schedule(total * min(1.0, share()))

    for name in ("learning_rate", "beta", "is_balanced", "regularization_factor"):
        setattr(trainer, name, by_time(getattr(trainer, name)))
    for epoch in itertools.count():
        for images in batches.epoch(epoch):
            if share() > 1.0:
                return
            yield seconds_of(partial(trainer.train_batch, images))
