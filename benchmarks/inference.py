"""How fast a model generates and reconstructs, under every backend and exported.

    python -m benchmarks.inference [--config digits] [flags of main.py] [--rounds 30]
        [--engines NAME ...] [--starts 3] [--chart FILE.png] [--results FILE.json]

Every engine runs in a process of its own and computes the same function of the same NumPy
arrays, the likelihood's sampling included; the noise is drawn beforehand. All processes live
at the same time and take turns: in every round each engine runs each case twice, and the
second run counts, so that the noise of the machine hits all alike. Start-up is the time from
the start of the process to its first generated image, measured before the turns. The weights
are random: speed does not depend on them. Prints a Markdown table of medians with
quartiles, and how the export in float32 compares.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks.engines import ENGINES, engine_names
from benchmarks.inference_chart import draw_inference_chart
from benchmarks.inference_files import BATCHES, PARTS
from benchmarks.worker_process import WorkerError, WorkerProcess
from hvae.configuration.settings import to_dict
from hvae.files.atomic import write_text
from utils.command_line.training_request import parse_training_arguments

CASES = tuple((part, batch) for part in PARTS for batch in BATCHES)
EXPORTED = "openvino_f32"
#: What the numbers of the others are compared with.
REFERENCE = "tensorflow"
HEADER = (
    "engine",
    "start-up, s",
    "peak, MB",
    "generate, batch 1, ms",
    "generate, batch 16, images/s",
    "reconstruct, batch 1, ms",
    "reconstruct, batch 16, images/s",
    "other pixels",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", default="digits", help="as main.py takes it, with its flags")
    parser.add_argument("--engines", nargs="+", choices=engine_names(), default=engine_names())
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--starts", type=int, default=3, help="starts of every process")
    parser.add_argument("--chart", help="PNG file to draw")
    parser.add_argument("--results", help="JSON file to write all numbers to")
    typed, flags = parser.parse_known_args()
    request = parse_training_arguments(["--config", typed.config, "--no-save", *flags])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_text(folder / "config.json", json.dumps(to_dict(request.experiment.model)))
        precisions = {ENGINES[name].exported for name in typed.engines} - {None}
        command = [sys.executable, "-m", "benchmarks.inference_files", str(folder)]
        subprocess.run([*command, *sorted(precisions)], check=True)
        results = _measure(typed.engines, folder, typed.starts, typed.rounds)
    if typed.results:
        write_text(typed.results, json.dumps(results))
    if typed.chart:
        draw_inference_chart(typed.chart, results, typed.config)
    print(f"| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}")
    for name, result in results.items():
        print(f"| {' | '.join(_row(name, result))} |")
    for line in _comparisons(results):
        print(line)


def _measure(engines, folder, starts, rounds):
    """`{engine: {"start": [s], "peak_mb": MB, "seconds": {case: [s]}, "other_pixels": share}}`.

    An engine that fails has `"error"` instead.
    """
    results = {name: {"start": [], "seconds": {}} for name in engines}
    workers = {}
    for left in reversed(range(starts)):
        for name, result in results.items():
            if "error" not in result:
                worker = WorkerProcess("benchmarks.worker", name, folder)
                _attempt(result, _start, worker, result)
                # Those of the last start stay.
                if left or "error" in result:
                    worker.stop()
                else:
                    workers[name] = worker
    for name, worker in workers.items():
        # Compiles all cases, and keeps what they give.
        _attempt(results[name], _write_outputs, worker, folder, name)
    for i in range(rounds):
        print(f"round {i + 1} of {rounds}", file=sys.stderr, flush=True)
        for name, worker in workers.items():
            if "error" not in results[name]:
                _attempt(results[name], _turn, worker, results[name])
    for worker in workers.values():
        worker.stop()
    reference = REFERENCE if REFERENCE in engines else engines[0]
    for name, result in results.items():
        if "error" not in result:
            result["other_pixels"] = _other_pixels(folder, reference, name)
    return results


def _attempt(result, function, *arguments):
    """Call a function of a worker; a failure becomes the result."""
    try:
        function(*arguments)
    except WorkerError as error:
        result["error"] = str(error)


def _start(worker, result):
    worker.ask(part="generate", batch=1, outputs=None)
    result["start"].append(worker.age)


def _write_outputs(worker, folder, name):
    for part, batch in CASES:
        path = _outputs_file(folder, name, part, batch)
        worker.ask(part=part, batch=batch, outputs=str(path))


def _turn(worker, result):
    for part, batch in CASES:
        worker.ask(part=part, batch=batch, outputs=None)
        answer = worker.ask(part=part, batch=batch, outputs=None)
        result["seconds"].setdefault(f"{part} {batch}", []).append(answer["seconds"])
    result["peak_mb"] = worker.peak_mb


def _outputs_file(folder, name, part, batch):
    return folder / f"outputs_{name}_{part}_{batch}.npz"


def _other_pixels(folder, reference, name):
    """Largest share, over the cases, of pixels that are not those of the reference."""
    shares = []
    for part, batch in CASES:
        output = "images" if part == "generate" else "reconstructions"
        own, other = (
            np.load(_outputs_file(folder, engine, part, batch))[output]
            for engine in (name, reference)
        )
        shares.append(float(np.mean(own != other)))
    return max(shares)


def _row(name, result):
    label = ENGINES[name].label
    if "error" in result:
        return (label, f"failed: {result['error'][:150]}", *[""] * (len(HEADER) - 2))
    cells = [label, f"{np.median(result['start']):.1f}", f"{result['peak_mb']:,.0f}"]
    for part, batch in CASES:
        seconds = np.array(result["seconds"][f"{part} {batch}"])
        cells.append(_with_quartiles(1000 * seconds if batch == 1 else batch / seconds))
    return (*cells, f"{100 * result['other_pixels']:.2g} %")


def _with_quartiles(values):
    low, median, high = (f"{x:,.3g}" if x < 1000 else f"{x:,.0f}" for x in _quartiles(values))
    return f"{median} ({low}–{high})"


def _quartiles(values):
    return np.percentile(values, [25, 50, 75])


def _comparisons(results):
    """How many times as fast the export is as the fastest others, for every case."""
    done = {name: result for name, result in results.items() if "error" not in result}
    if EXPORTED not in done:
        return
    for part, batch in CASES:
        medians = {
            name: np.median(result["seconds"][f"{part} {batch}"]) for name, result in done.items()
        }
        texts = []
        for backends in (("tensorflow", "jax", "torch"), ("openvino",)):
            names = [name for name in medians if ENGINES[name].keras_backend in backends]
            if names:
                fastest = min(names, key=medians.get)
                ratio = medians[fastest] / medians[EXPORTED]
                texts.append(f"{ratio:.2f} times as fast as {ENGINES[fastest].label}")
        yield f"{part}, batch {batch}: exported f32 is {', '.join(texts)}"


if __name__ == "__main__":
    main()
