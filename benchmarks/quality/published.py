"""What the published nats of a Ladder VAE on MNIST would take on one core: reckoned, not trained.

    python -m benchmarks.quality.published --mnist DIR [--updates 15] [--write]

Measures the processor time of updates of `cfg/mnist_lvae.yaml`, whose published results are 82.14
nats and 79.47 with 100 importance samples, and multiplies by the updates of its epochs: for how
many of them it was trained is not published. With `--write` the result goes into `docs/models.md`.
"""

import argparse
import os
import statistics
import time

from benchmarks import machine
from benchmarks.prepared import prepare
from benchmarks.readme import MODELS_PAGE, write_section
from benchmarks.seeds import ONE_THREAD

_CONFIG = "mnist_lvae"
_SECONDS_OF_A_DAY = 86400


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", required=True, help="folder with MNIST's files")
    parser.add_argument("--updates", type=int, default=15, help="whose median is taken")
    parser.add_argument("--write", action="store_true", help="into docs/models.md")
    typed = parser.parse_args()
    os.environ.update(ONE_THREAD)
    _, _, batches, trainer = prepare(_CONFIG, "--data_dir", typed.mnist)
    images = next(iter(batches.epoch(0)))
    seconds = []
    for _ in range(1 + typed.updates):
        start = time.process_time()
        trainer.train_batch(images)
        seconds.append(time.process_time() - start)
    config = trainer.config
    text = reckoned(statistics.median(seconds[1:]), config.batch_size, config.epochs, len(batches))
    text += f" {trainer.model.count_params():,} parameters; {machine.description()}."
    print(text)
    if typed.write:
        write_section("quality published", text, MODELS_PAGE)


def reckoned(seconds, batch_size, epochs, updates_per_epoch):
    """A line of text.

    Args:
        seconds: of processor time an update takes.
        batch_size, epochs: of the configuration.
        updates_per_epoch: updates of an epoch.
    """
    updates = epochs * updates_per_epoch
    days = seconds * updates / _SECONDS_OF_A_DAY
    return (
        f"An update of `{_CONFIG}` ({batch_size} images), whose published results are 82.14 nats "
        f"and 79.47 with 100 importance samples, takes {1000 * seconds:,.0f} ms of one core: an "
        f"epoch {seconds * updates_per_epoch / 3600:.1f} hours, its {epochs:,} epochs "
        f"({updates:,} updates) {days:,.1f} days (reckoned, not trained)."
    )


if __name__ == "__main__":
    main()
