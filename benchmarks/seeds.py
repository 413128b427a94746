"""Trainings that are compared: several seeds each, in processes of their own, one protocol.

Every configuration is trained with every seed. The averaged weights are evaluated on the test
split with `POSTERIOR_SAMPLES` samples of each image, whose noise is the same for all: values and
differences are taken image by image.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks import machine
from benchmarks.readme import MODELS_PAGE, write_section
from benchmarks.training.table import markdown
from hvae.files.atomic import write_text

POSTERIOR_SAMPLES = 10
#: Environment of a process that leaves the other cores to others.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)


def parse(description, train, **flags):
    """Read the command line; in a process of one training, train, and end.

    Args:
        description: for `--help`.
        train: function of a label, a seed and the other flags: plain results of one training.
        **flags: further flags, default values by name; a list takes several values.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--results", help="JSON file that keeps finished trainings")
    parser.add_argument("--write", action="store_true", help="put the table where it is read")
    parser.add_argument(
        "--finished", action="store_true", help="only what --results has; nothing is trained"
    )
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    for name, default in flags.items():
        several = isinstance(default, list)
        kind = type(default[0] if several else default)
        nargs = "+" if several else None
        parser.add_argument(f"--{name}", type=kind, default=default, nargs=nargs)
    typed = parser.parse_args()
    if typed.one:
        label, seed, path = typed.one
        write_text(path, json.dumps(train(label, seed, typed)))
        sys.exit()
    return typed


def mean_bits(result):
    """A line on one training."""
    return f"{np.mean(result['bits_per_dim']):.4f} bits/dim"


def trained(module, labels, typed, *flags, mean=mean_bits, side_by_side=1):
    """Results of every configuration and seed.

    Args:
        module: name of the benchmark's module, whose `main` calls `parse`.
        labels: of the configurations.
        typed: what `parse` gave.
        flags: of the benchmark, for the processes.
        mean: function of a result: a line on how good it is.
        side_by_side: processes at a time; of several each has one thread.

    Returns:
        `{label: [results of each seed]}`; with `--finished` of those seeds that all labels have.
    """
    kept = pathlib.Path(typed.results) if typed.results else None
    results = json.loads(kept.read_text()) if kept and kept.exists() else {}
    if typed.finished:
        return _finished(results, labels, typed.seeds)
    environment = os.environ | (ONE_THREAD if side_by_side > 1 else {})

    def train(label, seed):
        with tempfile.TemporaryDirectory() as folder:
            out = f"{folder}/result.json"
            command = [sys.executable, "-m", module, "--one", label, seed, out, *flags]
            subprocess.run(command, check=True, env=environment)
            return json.loads(pathlib.Path(out).read_text())

    missing = [
        (label, str(seed))
        for seed in typed.seeds
        for label in labels
        if str(seed) not in results.get(label, {})
    ]
    with concurrent.futures.ThreadPoolExecutor(side_by_side) as pool:
        running = {pool.submit(train, *place): place for place in missing}
        for done in concurrent.futures.as_completed(running):
            label, seed = running[done]
            result = done.result()
            results.setdefault(label, {})[seed] = result
            print(f"{label}, seed {seed}: {mean(result)}", file=sys.stderr, flush=True)
            if kept:
                write_text(kept, json.dumps(results))
    return {label: [results[label][str(seed)] for seed in typed.seeds] for label in labels}


def _finished(results, labels, seeds):
    common = [s for s in map(str, seeds) if all(s in results.get(label, {}) for label in labels)]
    if not common:
        sys.exit(f"--finished: --results has no seed of all of {', '.join(labels)}")
    return {label: [results[label][seed] for seed in common] for label in labels}


def bits_of_test_images(trainer, images):
    """−ELBO of every test image by the averaged weights."""
    from hvae.inference.evaluation.evaluator import Evaluator

    with trainer.averaged_weights():
        evaluation = Evaluator(trainer.model)(images, num_samples=POSTERIOR_SAMPLES)
    return list(trainer.model.reporter(-evaluation.elbo))


def of_images(results):
    """`(seeds, images)` of the results of one configuration."""
    return np.array([result["bits_per_dim"] for result in results])


def with_error(values, sign=""):
    """Mean over seeds and images with the standard error over images; and the mean of each seed.

    Args:
        values: `(seeds, images)`.
        sign: `"+"` for differences.
    """
    means = values.mean(axis=0)
    error = means.std(ddof=1) / np.sqrt(len(means))
    of_seeds = " ".join(f"{mean:{sign}.3f}" for mean in values.mean(axis=1))
    return f"{means.mean():{sign}.3f} ± {error:.3f}", of_seeds


def report(section, header, rows, typed):
    """Print the table, and with `--write` put it into `docs/models.md`."""
    seeds = " ".join(map(str, typed.seeds))
    about = (
        f"Seeds {seeds}; test split, averaged weights, {POSTERIOR_SAMPLES} posterior samples; "
        f"± over the images. {machine.description()}."
    )
    text = f"{about}\n\n{markdown(header, rows)}"
    print(text)
    if typed.write:
        write_section(section, text, MODELS_PAGE)
