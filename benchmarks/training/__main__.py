"""How soon and how fast a model trains, and with how much memory, beside plain PyTorch.

    python -m benchmarks.training [--models NAME ...] [--engines NAME ...]
        [--rounds 3] [--seconds 15] [--patience 900] [--gpu none] [--no-profile]
        [--write [SECTION]]

Every engine runs in a process of its own, one after the other, on the CPU unless `--gpu` is the
number of a GPU: in every round each is started, makes its first update and more of them for
`--seconds` (two at least), and ends. An update is the whole of it: loss, gradient, AdamW, clipping,
skipping, average. The images are random, but for `digits`, which is what `make demo` trains from
its start to its first update.
PyTorch's model is `benchmarks.training.plain_vdvae`.

Prints a Markdown table for each model, and with `--write` puts it into `benchmarks/README.md`, into
the model's section of those called `training`, or of another name: tables of other engines.
"""

import argparse
import pathlib
import tempfile

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.training.breakdown import breakdown
from benchmarks.training.cases import CASES
from benchmarks.training.engines import ENGINES
from benchmarks.training.measurement import measure
from benchmarks.training.table import REFERENCE, table
from benchmarks.worker_process import stop_workers_when_terminated
from utils.command_line.training_request import parse_training_arguments


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=tuple(CASES), default=tuple(CASES))
    parser.add_argument("--engines", nargs="+", choices=ENGINES.names(), default=ENGINES.names())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0, help="of updates in a round")
    parser.add_argument(
        "--patience", type=float, default=900.0, help="seconds until a start has failed"
    )
    parser.add_argument("--gpu", default="none", help="its number; none: the processor")
    parser.add_argument(
        "--profile", action=argparse.BooleanOptionalAction, default=True, help="where time goes"
    )
    parser.add_argument(
        "--write", nargs="?", const="training", metavar="SECTION", help="into benchmarks/README.md"
    )
    typed = parser.parse_args()
    stop_workers_when_terminated()
    for model in typed.models:
        text = _measured(model, typed)
        print(f"\n{model}\n\n{text}", flush=True)
        if typed.write:
            write_section(f"{typed.write} {model}", text)


def _measured(model, typed):
    """The section of one model."""
    flags = (*CASES[model], "--gpu", typed.gpu)
    experiment = parse_training_arguments([*flags, "--no-save"]).experiment
    engines = [n for n in typed.engines if ENGINES[n].supports(experiment.model)]
    on = machine.description(typed.gpu)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        results = measure(engines, flags, typed.rounds, typed.seconds, typed.patience, folder)
        parts = [on + ".", table(results)]
        # The profilers are asked what processors do.
        is_wanted = typed.profile and typed.gpu == "none"
        profiled = [n for n in engines if ENGINES[n].can_profile and not results[n].error]
        # Convolutions are counted in PyTorch's model.
        if is_wanted and profiled and ENGINES[REFERENCE].supports(experiment.model):
            parts.append(breakdown(profiled, flags, experiment, typed.patience, folder))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
