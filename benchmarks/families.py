"""What each family makes of the same minutes of training on `digits`.

    python -m benchmarks.families [--seconds 120] [--seeds 0 1 2] [--results FILE.json] [--write]

Every configuration trains once per seed, in a process of its own, with its schedules stretched or
cut to the given time, without validation between; building and compiling come on top. See
`benchmarks/seeds.py` for what all have in common. Prints a Markdown table, and with `--write` puts
it into `docs/models.md`. Times, and so results, are those of an otherwise idle machine.
"""

import statistics
import time
from functools import partial

from benchmarks.by_clock import updates_by_clock
from benchmarks.prepared import prepare
from benchmarks.seeds import bits_of_test_images, of_images, parse, report, trained, with_error
from benchmarks.timing import seconds_of

CONFIGS = ("digits", "digits_efficient", "digits_nvae", "digits_lvae")
HEADER = (
    "configuration",
    "family",
    "parameters",
    "updates",
    "ms per update",
    "first step, s",
    "test, bits/dim",
    "by seed",
)


def main():
    typed = parse(__doc__.splitlines()[0], _train, seconds=120.0)
    flags = ("--seconds", str(typed.seconds))
    results = trained("benchmarks.families", CONFIGS, typed, *flags)
    report("families", HEADER, rows(results), typed)


def rows(results):
    """Of the table; `results` is `{configuration: [results of each seed]}`."""
    return [_row(name, of_seeds) for name, of_seeds in results.items()]


def _row(name, of_seeds):
    def median(key):
        return statistics.median(result[key] for result in of_seeds)

    return (
        f"`{name}`",
        of_seeds[0]["family"],
        f"{of_seeds[0]['parameters']:,}",
        f"{median('updates'):,.0f}",
        f"{median('milliseconds'):.1f}",
        f"{median('first_step'):.0f}",
        *with_error(of_images(of_seeds)),
    )


def _train(name, seed, typed):
    """Train one configuration with one seed, until the time is up."""
    experiment, splits, batches, trainer = prepare(name, "--seed", seed)
    images = next(iter(batches.epoch(0)))
    first = seconds_of(partial(trainer.train_batch, images))
    start = time.perf_counter()

    def share():
        return (time.perf_counter() - start) / typed.seconds

    times = list(updates_by_clock(trainer, batches, share))
    return {
        "family": experiment.model.model_family,
        "parameters": trainer.model.count_params(),
        "updates": len(times),
        "milliseconds": 1000 * statistics.median(times),
        "first_step": first,
        "bits_per_dim": bits_of_test_images(trainer, splits.test),
    }


if __name__ == "__main__":
    main()
