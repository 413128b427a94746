"""What flows, attention and consistency regularisation give on `digits`, and what they cost.

    python -m benchmarks.features [--seeds 0 1 2] [--results FILE.json] [--write]

Every configuration trains for its epochs, once per seed, in a process of its own; see
`benchmarks/seeds.py` for what all have in common. The difference to the plain model is taken
seed by seed and image by image, since all see the same images and noise. The milliseconds of an
update are medians of runs in which the configurations take turns. Prints a Markdown table, and
with `--write` puts it into `docs/models.md`.
"""

import statistics
from functools import partial

from benchmarks.prepared import prepare
from benchmarks.seeds import bits_of_test_images, of_images, parse, report, trained, with_error
from benchmarks.timing import seconds_of

#: The plain model first, with as many epochs as the others. Labels are flags of `main.py`.
CONFIGS = {
    "digits": ("--epochs", "45"),
    "digits_sylvester": (),
    "digits_sylvester --no-analytical_kl": (),
    "digits_conv_sylvester": (),
    "digits_attention": (),
    "digits_cr": (),
}
ROUNDS = 100
HEADER = (
    "configuration",
    "parameters",
    "updates",
    "ms per update",
    "test, bits/dim",
    "by seed",
    "difference to `digits`",
    "by seed",
)


def main():
    typed = parse(__doc__.splitlines()[0], _train)
    results = trained("benchmarks.features", CONFIGS, typed)
    report("features", HEADER, rows(results, _milliseconds()), typed)


def rows(results, times):
    """Of the table.

    Args:
        results: `{label: [results of each seed]}`.
        times: `{label: [milliseconds of updates]}`.
    """
    return [_row(label, results, times) for label in results]


def _prepare(label, *flags):
    return prepare(*label.split(), *CONFIGS[label], *flags)


def _train(label, seed, typed):
    """Train one configuration with one seed, as `main.py` would."""
    _, splits, batches, trainer = _prepare(label, "--seed", seed)
    for epoch in range(trainer.config.epochs):
        for images in batches.epoch(epoch):
            trainer.train_batch(images)
    return {
        "parameters": trainer.model.count_params(),
        "updates": trainer.config.epochs * len(batches),
        "bits_per_dim": bits_of_test_images(trainer, splits.test),
    }


def _milliseconds():
    """Milliseconds of every update of every configuration, taken in turn, `{label: [...]}`."""
    prepared = {label: _prepare(label) for label in CONFIGS}
    images = {label: next(iter(p.batches.epoch(0))) for label, p in prepared.items()}
    times = {label: [] for label in CONFIGS}
    for i in range(ROUNDS + 5):
        for label, p in prepared.items():
            seconds = seconds_of(partial(p.trainer.train_batch, images[label]))
            # The first ones trace, compile and warm up.
            if i >= 5:
                times[label].append(1000 * seconds)
    return times


def _row(label, results, times):
    plain = next(iter(results))
    own = of_images(results[label])
    difference = ("", "")
    if label != plain:
        difference = with_error(own - of_images(results[plain]), sign="+")
    any_run = results[label][0]
    return (
        f"`{label}`",
        f"{any_run['parameters']:,}",
        f"{any_run['updates']:,}",
        f"{statistics.median(times[label]):.0f}",
        *with_error(own),
        *difference,
    )


if __name__ == "__main__":
    main()
