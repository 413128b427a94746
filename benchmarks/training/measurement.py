"""Starts engines in turn and collects what they take."""

import dataclasses
import statistics
import sys

from benchmarks.worker_process import WorkerError, WorkerProcess

#: Updates that a start makes at least, beside the first.
_LEAST_UPDATES = 2


@dataclasses.dataclass
class Measurement:
    """What one engine took to train one model, over all rounds."""

    #: Seconds from the start of the process to the end of the first update, by round.
    starts: list[float] = dataclasses.field(default_factory=list)
    #: Seconds of parts of the first start: `"load"`, `"build"`, `"update"`.
    parts: dict[str, float] = dataclasses.field(default_factory=dict)
    #: Seconds of every update but the first ones.
    updates: list[float] = dataclasses.field(default_factory=list)
    peak_mb: float = 0.0
    #: What its tensors have had of a GPU's memory, MiB; 0 without one.
    peak_gpu_mb: float = 0.0
    #: Why there is no more, if so.
    error: str = ""

    @property
    def seconds(self):
        """Median of an update; `None` where there was none."""
        return statistics.median(self.updates) if self.updates else None


def measure(engines, flags, rounds, seconds, patience, folder):
    """Train one model with several engines, in turn.

    Args:
        engines: names of engines.
        flags: the model's flags of `main.py`.
        rounds: so often each engine is started.
        seconds: so long updates go on in a round.
        patience: seconds that an update, and with the first one the start, may take.
        folder: an empty one. What packages keep of one start for the next is there, so that
            the first start of each engine finds nothing.

    Returns:
        `{engine: Measurement}`.
    """
    results = {name: Measurement() for name in engines}
    for i in range(rounds):
        for name, result in results.items():
            # One that has failed would fail again.
            if not result.error:
                print(f"round {i + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
                _start(name, flags, seconds, patience, folder, result)
    return results


def start_worker(name, flags, patience, folder, environment=None):
    """The process of an engine.

    Args:
        name: the engine.
        flags, patience, folder: as in `measure`.
        environment: more variables for it.
    """
    own = folder / name
    own.mkdir(exist_ok=True)
    # Where PyTorch keeps what it has compiled, and others might.
    caches = {"TMPDIR": str(own), "XDG_CACHE_HOME": str(own)}
    return WorkerProcess(
        "benchmarks.training.worker",
        name,
        *flags,
        environment={**caches, **(environment or {})},
        patience=patience,
    )


def _start(name, flags, seconds, patience, folder, result):
    worker = start_worker(name, flags, patience, folder)
    try:
        start = worker.ask(do="start")
        first = worker.ask(do="update")
        result.starts.append(worker.age)
        if not result.parts:
            result.parts = {"load": start["load"], "build": start["build"]}
            result.parts["update"] = first["seconds"]
        updates = []
        while len(updates) < _LEAST_UPDATES or sum(updates) < seconds:
            updates.append(worker.ask(do="update")["seconds"])
        result.updates += updates
        on_gpu = (worker.ask(do="peak_on_gpu")["bytes"] or 0) / 2**20
        result.peak_gpu_mb = max(result.peak_gpu_mb, on_gpu)
    except WorkerError as error:
        result.error = str(error)
    finally:
        worker.stop()
        result.peak_mb = max(result.peak_mb, worker.peak_mb)
