"""The process of one engine.

    python -m benchmarks.training.worker ENGINE [flags of main.py]

Reads one JSON object a line and answers each with one. `{"do": "start"}` comes first and gives
`{"parameters"}` and the seconds of `"load"` and `"build"`; `{"do": "update"}` makes an update and
gives `{"seconds"}`, and `{"do": "evaluate"}` those of scoring the batch; `{"do": "reckon"}`, before
an update, gives the `{"bytes"}` that the process will hold, and `{"do": "peak_on_gpu"}` those that
it has held of a GPU, null without one; `{"do": "profile"}` gives `{"seconds", "operations": {name:
seconds}}`. What fails gives `{"error"}`. No GPU is used unless `--gpu` names it.
"""

import json
import os
import sys

import numpy as np

from benchmarks.timing import seconds_of
from benchmarks.training.engines import ENGINES
from utils.command_line.training_request import parse_training_arguments


class Session:
    """Does what is asked of one engine.

    Args:
        engine: a `TrainingEngine`.
        experiment: the `Experiment` that it trains.
    """

    def __init__(self, engine, experiment):
        self._engine = engine
        self._experiment = experiment

    def start(self):
        load = seconds_of(self._engine.load)
        self._images = first_images(self._experiment)
        parameters = []
        build = seconds_of(lambda: parameters.append(self._engine.build()))
        return {"load": load, "build": build, "parameters": parameters[0]}

    def update(self):
        return {"seconds": seconds_of(lambda: self._engine.update(self._images))}

    def reckon(self):
        return {"bytes": self._engine.reckon()}

    def peak_on_gpu(self):
        return {"bytes": self._engine.peak_gpu_bytes()}

    def evaluate(self):
        return {"seconds": seconds_of(lambda: self._engine.evaluate(self._images))}

    def profile(self):
        seconds, operations = self._engine.profile(self._images)
        return {"seconds": seconds, "operations": operations}


def first_images(experiment):
    """A batch: random, but where the data set needs no files that of the data set, as in `main.py`.

    Args:
        experiment: an `Experiment`.

    Returns:
        uint8, `(data_batch_size, height, width, channels)`.
    """
    training, config = experiment.training, experiment.model
    if experiment.run.dataset == "digits":
        batches = experiment.batches(experiment.load_splits())
        return next(iter(batches.epoch(0)))
    shape = (training.data_batch_size, *config.image_size, config.image_channels)
    return np.random.default_rng(0).integers(0, config.levels, shape).astype("uint8")


def main():
    name, *flags = sys.argv[1:]
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine_class = ENGINES[name]
    own = ["--no-save", "--gpu", "none"]
    request = parse_training_arguments([*own, *flags, *engine_class.flags])
    session = Session(engine_class(request), request.experiment)
    for line in sys.stdin:
        try:
            answer = getattr(session, json.loads(line)["do"])()
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
