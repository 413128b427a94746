"""Where the time of an update goes, by kind of operation."""

import collections
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor

from benchmarks.training.arithmetic import convolution_flops, product_peak
from benchmarks.training.engines import ENGINES
from benchmarks.training.measurement import start_worker
from benchmarks.training.table import markdown

#: Kinds, and what names of their operations have in them, of TensorFlow's and of PyTorch's;
#: the first that fits counts.
_KINDS = {
    # A 1x1 convolution may be a product of matrices.
    "convolutions, products": "conv|matmul|einsum|::addmm|::b?mm$",
    "random numbers": "random|normal_",
    "pooling, upsampling": "pool|upsampl|resize",
    "reductions": "sum$|mean|max$|min$|amax|norm|softmax|biasaddgrad",
    "copies": "concat|::cat$|split|slice|pack|tile|pad|transpose|reshape|copy|clone|gather|"
    "readvariable|fill|zero|identity|^assign|stack|repeat|expand|broadcast",
    "elementwise, others": "",
}
#: Updates before the one that is profiled.
_WARM_UP = 3


def breakdown(engines, flags, experiment, patience, folder):
    """Markdown: a table of the kinds, and how fast the convolutions are.

    Args:
        engines: names, of those that can profile.
        flags, patience, folder: as in `measure`.
        experiment: the `Experiment` of the flags.
    """
    profiles = {name: _profile(name, flags, patience, folder) for name in engines}
    times = [by_kind(profile["operations"]) for profile in profiles.values()]
    rows = [(kind, *(_milliseconds(t[kind]) for t in times)) for kind in _KINDS]
    pauses = [p["seconds"] - sum(p["operations"].values()) for p in profiles.values()]
    rows.append(("programs of XLA, between operations", *map(_milliseconds, pauses)))
    labels = [ENGINES[name].label for name in engines]
    # In a process of its own: PyTorch is not to stay in this one's memory.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        peak = pool.submit(product_peak).result()
        batch = experiment.training.batch_size
        flops = pool.submit(convolution_flops, experiment.model, batch).result()
    rates = [flops / t["convolutions, products"] for t in times]
    speeds = (f"{label} {rate / 1e9:.0f} ({rate / peak:.0%})" for label, rate in zip(labels, rates))
    return (
        f"{markdown(('ms of one update', *labels), rows)}\n\n"
        f"The convolutions of an update are {flops / 1e9:,.0f} GFLOP, forward and backward. GFLOP "
        f"a second in them, and of the {peak / 1e9:.0f} that a product of float32 matrices "
        f"reaches here: {'; '.join(speeds)}."
    )


def by_kind(operations):
    """Seconds by kind.

    Args:
        operations: seconds by name of the operation.
    """
    seconds = collections.Counter()
    for name, value in operations.items():
        seconds[kind_of(name)] += value
    return seconds


def kind_of(operation):
    """The kind of an operation of TensorFlow or PyTorch, by its name."""
    return next(kind for kind, text in _KINDS.items() if re.search(text, operation.lower()))


def _milliseconds(seconds):
    return f"{1000 * max(0.0, seconds):,.0f}"


def _profile(name, flags, patience, folder):
    """`{"seconds", "operations"}` of one update.

    TensorFlow runs one operation at a time, each on all cores: otherwise what two take at
    the same time would count twice.
    """
    worker = start_worker(name, flags, patience, folder, {"TF_NUM_INTEROP_THREADS": "1"})
    try:
        worker.ask(do="start")
        for _ in range(_WARM_UP):
            worker.ask(do="update")
        return worker.ask(do="profile")
    finally:
        worker.stop()
