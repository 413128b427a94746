"""Training under three backends from the same start: how far apart they come.

    python -m benchmarks.agreement [--config digits] [--updates 100] [--write]

One process a backend makes the updates of `main.py --config NAME --noise host`, from weights that
TensorFlow has drawn: same images, same noise. Prints a Markdown table, and with `--write` puts it
into `docs/training.md`.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks import machine
from benchmarks.readme import TRAINING_PAGE, write_section
from benchmarks.training.table import markdown

BACKENDS = ("tensorflow", "jax", "torch")
HEADER = ("from TensorFlow", "−ELBO", "gradient norm", "weights", "averaged weights")
_START = "start.weights.h5"


def main():
    typed = _parser().parse_args()
    if typed.one:
        _train(*typed.one, typed.config, typed.updates)
        return
    with tempfile.TemporaryDirectory() as folder:
        results = {backend: _trained_under(backend, folder, typed) for backend in BACKENDS}
    text = (
        f"{typed.updates} updates of `{typed.config}` from the same weights; largest difference "
        f"of an update's value, as a part of it, and of a weight. {machine.description()}.\n\n"
        f"{markdown(HEADER, rows(results))}"
    )
    print(text)
    if typed.write:
        write_section("agreement", text, TRAINING_PAGE)


def rows(results):
    """Of the table.

    Args:
        results: by backend, arrays called "losses" and "norms", `(updates,)`, "weights" and
            "average", `(weights,)`; of TensorFlow too.
    """
    expected = results["tensorflow"]
    for backend, found in results.items():
        if backend == "tensorflow":
            continue
        parts = [np.abs(found[name] / expected[name] - 1.0).max() for name in ("losses", "norms")]
        distances = [np.abs(found[name] - expected[name]).max() for name in ("weights", "average")]
        yield (backend, *(f"{value:.1e}" for value in [*parts, *distances]))


def _trained_under(backend, folder, typed):
    command = [sys.executable, "-m", "benchmarks.agreement", "--one", backend, folder]
    flags = ["--config", typed.config, "--updates", str(typed.updates)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    subprocess.run([*command, *flags], env=environment, check=True)
    return np.load(pathlib.Path(folder) / f"{backend}.npz")


def _train(backend, folder, config, updates):
    """In the process of a backend: train, and put what came out into the folder."""
    from benchmarks.prepared import prepare

    prepared = prepare(config, "--noise", "host", "--backend", backend)
    from keras import ops

    trainer, folder = prepared.trainer, pathlib.Path(folder)
    start = folder / _START
    if start.exists():
        trainer.model.load_weights(start)
        update = trainer.update
        update.average.assign(update.layout.pack([v.value for v in update.variables]))
    else:
        trainer.model.save_weights(start)
    losses, norms = [], []
    for epoch in range(-(-updates // len(prepared.batches))):
        for images in prepared.batches.epoch(epoch):
            if len(losses) == updates:
                break
            result = trainer.train_batch(images)
            losses.append(result.nll + result.kl.sum())
            norms.append(result.gradient_norm)
    weights = [ops.convert_to_numpy(v).ravel() for v in trainer.model.trainable_variables]
    np.savez(
        folder / f"{backend}.npz",
        losses=losses,
        norms=norms,
        weights=np.concatenate(weights),
        average=ops.convert_to_numpy(trainer.update.average),
    )


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", default="digits", help="in cfg/ [default %(default)s]")
    parser.add_argument("--updates", type=int, default=100, help="how many [default %(default)s]")
    parser.add_argument("--write", action="store_true", help="the table into docs/training.md")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
