"""What each family makes of the same minutes of training on `digits`.

    python -m benchmarks.families [--seconds 120] [config ...]

Every configuration trains in a process of its own, with its schedules stretched or cut to
the given time, without validation between; building and compiling come on top. The
averaged weights are then evaluated on the test split. Prints a Markdown table.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from functools import partial

from benchmarks.prepared import prepare
from benchmarks.timing import seconds_of

CONFIGS = ("digits", "digits_efficient", "digits_nvae", "digits_lvae")
COLUMNS = ("configuration", "family", "parameters", "updates", "ms per update", "first step, s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("configs", nargs="*", default=CONFIGS)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    typed = parser.parse_args()
    if typed.one:
        print(json.dumps(_measure(typed.configs[0], typed.seconds)))
        return
    header = (*COLUMNS, "test, bits/dim")
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}", flush=True)
    for name in typed.configs:
        command = [sys.executable, "-m", "benchmarks.families", name, "--one"]
        command += ["--seconds", str(typed.seconds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        print(f"| {' | '.join(json.loads(done.stdout.splitlines()[-1]))} |", flush=True)


def _measure(name, seconds):
    """The row of one configuration."""
    experiment, splits, batches, trainer = prepare(name)
    from hvae.inference.evaluation.evaluator import Evaluator, mean_and_standard_error

    model = trainer.model
    images = next(iter(batches.epoch(0)))
    first = seconds_of(partial(trainer.train_batch, images))
    times = _train(trainer, batches, seconds)
    with trainer.averaged_weights():
        evaluation = Evaluator(model)(splits.test, num_samples=1)
    mean, error = mean_and_standard_error(-evaluation.elbo)
    return (
        name,
        experiment.model.model_family,
        f"{model.count_params():,}",
        f"{len(times):,}",
        f"{1000 * statistics.median(times):.1f}",
        f"{first:.0f}",
        f"{model.reporter(mean):.3f} ± {model.reporter(error):.3f}",
    )


def _train(trainer, batches, seconds):
    """Updates until the time is up; the seconds that each took."""
    total = trainer.config.epochs * len(batches)
    start = time.perf_counter()

    def by_time(schedule):
        # The whole schedule in the given time, however many updates that allows.
        return lambda _: schedule(total * min(1.0, (time.perf_counter() - start) / seconds))

    trainer.learning_rate = by_time(trainer.learning_rate)
    trainer.beta = by_time(trainer.beta)
    trainer.regularization_factor = by_time(trainer.regularization_factor)
    times = []
    for epoch in itertools.count():
        for images in batches.epoch(epoch):
            if time.perf_counter() - start > seconds:
                return times
            times.append(seconds_of(partial(trainer.train_batch, images)))


if __name__ == "__main__":
    main()
