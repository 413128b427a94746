"""Where a training run stands."""

import dataclasses
import json

import numpy as np

from hvae.training.history import History


@dataclasses.dataclass
class Progress:
    """Where a training run stands: all that `--resume` needs beside arrays."""

    epoch: int = 0  # epochs completed
    best_epoch: int = 0  # counted from 1; 0 for none yet
    best_elbo: float = float("-inf")  # validation, nats per image
    sums: dict = dataclasses.field(default_factory=dict)  # of the unfinished epoch's metrics
    history: History = dataclasses.field(default_factory=History)  # of all completed epochs

    def to_arrays(self):
        """Arrays by name. Python's JSON keeps every bit of a float."""
        values = {k: v for k, v in vars(self).items() if k != "history"}
        return {"progress": np.array(json.dumps(values)), **self.history.to_arrays()}

    @classmethod
    def from_arrays(cls, arrays):
        """Inverse of `to_arrays`.

        Raises:
            ValueError: if the history is not of the epochs that are completed.
        """
        values = json.loads(str(arrays["progress"]))
        # Until there were tables, the text had all rows.
        rows = values.pop("history", None)
        history = History.from_arrays(arrays) if rows is None else History(rows)
        progress = cls(**values, history=history)
        if len(history) != progress.epoch:
            raise ValueError(f"{progress.epoch} epochs, metrics of {len(history)}")
        return progress
