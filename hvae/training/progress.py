"""Where a training run stands."""

import dataclasses
import json


@dataclasses.dataclass
class Progress:
    """Where a training run stands: all that `--resume` needs beside arrays."""

    epoch: int = 0  # epochs completed
    best_epoch: int = 0  # counted from 1; 0 for none yet
    best_elbo: float = float("-inf")  # validation, nats per image
    sums: dict = dataclasses.field(default_factory=dict)  # of the unfinished epoch's metrics
    history: list = dataclasses.field(default_factory=list)  # a dictionary of metrics per epoch

    def to_json(self):
        """As text. Python's JSON keeps every bit of a float."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text):
        """Inverse of `to_json`."""
        return cls(**json.loads(text))
