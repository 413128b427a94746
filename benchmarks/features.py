"""What flows, attention and consistency regularisation give on `digits`, and what they cost.

    python -m benchmarks.features [--seeds 0 1 2] [--results FILE.json]

Every configuration trains for its epochs, once per seed, in a process of its own; the
averaged weights are evaluated on the test split. The difference to the plain model is
taken image by image, since all see the same images. The milliseconds of an update are
medians of runs in which the configurations take turns. Prints a Markdown table.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
from functools import partial

import numpy as np

from benchmarks.prepared import prepare
from benchmarks.timing import seconds_of
from hvae.files.atomic import write_text

#: The plain model first, with as many epochs as the others.
CONFIGS = {
    "digits": ("--epochs", "45"),
    "digits_sylvester": (),
    "digits_conv_sylvester": (),
    "digits_attention": (),
    "digits_cr": (),
}
POSTERIOR_SAMPLES = 10
ROUNDS = 100
HEADER = (
    "configuration",
    "parameters",
    "updates",
    "ms per update",
    "test, bits/dim",
    "difference to `digits`",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--results", help="JSON file that keeps finished trainings")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    typed = parser.parse_args()
    if typed.one:
        name, seed, path = typed.one
        write_text(path, json.dumps(_train(name, seed)))
        return
    results = _trained(typed.seeds, typed.results)
    times = _milliseconds()
    print(f"| {' | '.join(HEADER)} |\n|{'---|' * len(HEADER)}")
    for name in CONFIGS:
        print(f"| {' | '.join(_row(name, results, times))} |")


def _trained(seeds, path):
    """Results of every configuration and seed, `{"NAME seed": ...}`."""
    kept = pathlib.Path(path) if path else None
    results = json.loads(kept.read_text()) if kept and kept.exists() else {}
    for seed in seeds:
        for name in CONFIGS:
            key = f"{name} {seed}"
            if key in results:
                continue
            with tempfile.TemporaryDirectory() as folder:
                out = f"{folder}/result.json"
                command = [sys.executable, "-m", "benchmarks.features", "--one", name, str(seed)]
                subprocess.run([*command, out], check=True)
                results[key] = json.loads(pathlib.Path(out).read_text())
            mean = np.mean(results[key]["bits_per_dim"])
            print(f"{key}: {mean:.4f} bits/dim", file=sys.stderr, flush=True)
            if kept:
                write_text(kept, json.dumps(results))
    return results


def _train(name, seed):
    """Train one configuration with one seed, as `main.py` would."""
    _, splits, batches, trainer = prepare(name, *CONFIGS[name], "--seed", seed)
    from hvae.inference.evaluation.evaluator import Evaluator

    for epoch in range(trainer.config.epochs):
        for images in batches.epoch(epoch):
            trainer.train_batch(images)
    with trainer.averaged_weights():
        evaluation = Evaluator(trainer.model)(splits.test, num_samples=POSTERIOR_SAMPLES)
    return {
        "parameters": trainer.model.count_params(),
        "updates": trainer.config.epochs * len(batches),
        "bits_per_dim": list(trainer.model.reporter(-evaluation.elbo)),
    }


def _milliseconds():
    """Milliseconds of every update of every configuration, taken in turn, `{name: [...]}`."""
    prepared = {name: prepare(name, *flags) for name, flags in CONFIGS.items()}
    images = {name: next(iter(p.batches.epoch(0))) for name, p in prepared.items()}
    times = {name: [] for name in CONFIGS}
    for i in range(ROUNDS + 5):
        for name, p in prepared.items():
            seconds = seconds_of(partial(p.trainer.train_batch, images[name]))
            # The first ones trace, compile and warm up.
            if i >= 5:
                times[name].append(1000 * seconds)
    return times


def _row(name, results, times):
    plain = next(iter(CONFIGS))
    own, other = (
        {key.split()[1]: value for key, value in results.items() if key.split()[0] == config}
        for config in (name, plain)
    )
    # (seeds, images)
    values = np.array([own[seed]["bits_per_dim"] for seed in sorted(own)])
    differences = values - [other[seed]["bits_per_dim"] for seed in sorted(own)]
    any_run = next(iter(own.values()))
    return (
        f"`{name}`",
        f"{any_run['parameters']:,}",
        f"{any_run['updates']:,}",
        f"{statistics.median(times[name]):.0f}",
        _with_error(values),
        "" if name == plain else _with_error(differences, sign="+"),
    )


def _with_error(values, sign=""):
    """Mean over seeds and images, with the standard error over images."""
    means = values.mean(axis=0)
    error = means.std(ddof=1) / np.sqrt(len(means))
    return f"{means.mean():{sign}.3f} ± {error:.3f}"


if __name__ == "__main__":
    main()
