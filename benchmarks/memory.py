"""How much memory an update and an evaluation take, of every configuration in `cfg/`.

    python -m benchmarks.memory [NAME ...] [--patience 300] [--write [SECTION]] [--flags FLAG ...]

Each trains in a process of its own, on the CPU, with random images and the flags of its file, and
evaluates its batch after the update. `--flags`, which come last, are added to those of all.
Reckoned is what `main.py` says before the first update, with what the process holds then. What has
made no update in `--patience` seconds, or is killed for memory, says so, with its peak until then.
Prints a Markdown table, and with `--write` puts it into `benchmarks/README.md`, into the section
`memory` or another.
"""

import argparse
import pathlib
import sys
import tempfile

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.training.measurement import start_worker
from benchmarks.training.table import markdown
from benchmarks.worker_process import WorkerError, stop_workers_when_terminated
from utils.command_line.training_request import parse_training_arguments
from utils.experiments.config_files import config_names

HEADER = (
    "configuration",
    "images",
    "batch",
    "parameters",
    "reckoned, MB",
    "peak, MB",
    "first update, s",
)
ENGINE = "hvae_default"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", default=config_names())
    parser.add_argument("--patience", type=float, default=300.0, help="seconds for each")
    parser.add_argument(
        "--write", nargs="?", const="memory", metavar="SECTION", help="into benchmarks/README.md"
    )
    parser.add_argument("--flags", nargs=argparse.REMAINDER, default=[], help="of main.py, to all")
    typed = parser.parse_args()
    stop_workers_when_terminated()
    rows = []
    for name in typed.names:
        print(name, file=sys.stderr, flush=True)
        rows.append(_row(name, ["--config", name, *typed.flags], typed.patience))
    flags = f"Added: `{' '.join(typed.flags)}`. " if typed.flags else ""
    text = f"{flags}{machine.description()}.\n\n{markdown(HEADER, rows)}"
    print(text)
    if typed.write:
        write_section(typed.write, text)


def _row(name, flags, patience):
    """What one configuration took."""
    experiment = parse_training_arguments([*flags, "--no-save"]).experiment
    config, training = experiment.model, experiment.training
    shape = "x".join(map(str, (*config.image_size, config.image_channels)))
    batch = str(training.batch_size)
    if training.batch_size_div > 1:
        batch += f" in {training.batch_size_div}"
    parameters = reckoned = result = ""
    with tempfile.TemporaryDirectory() as folder:
        worker = start_worker(ENGINE, flags, patience, pathlib.Path(folder))
        try:
            parameters = f"{worker.ask(do='start')['parameters']:,}"
            reckoned = f"{worker.ask(do='reckon')['bytes'] / 2**20:,.0f}"
            worker.ask(do="update")
            result = f"{worker.age:.0f}"
            worker.ask(do="evaluate")
        except WorkerError as error:
            result = str(error)
        finally:
            worker.stop()
    return (f"`{name}`", shape, batch, parameters, reckoned, f"{worker.peak_mb:,.0f}", result)


if __name__ == "__main__":
    main()
