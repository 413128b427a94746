"""How long it takes until a model trains: building, and the first update.

    python -m benchmarks.start_up --config cifar10 [flags of main.py]

Prints the median of five builds, the time of the first update (tracing, and compiling
with --jit), and the median of the next five, on random images.
"""

import statistics

import numpy as np

from benchmarks.timing import seconds_of
from utils.command_line.quiet import native_messages_hidden
from utils.command_line.training_request import parse_training_arguments

REPEATS = 5


def main():
    request = parse_training_arguments()
    request.set_environment()
    with native_messages_hidden():
        from hvae.model import HVAE
        from hvae.training.trainer import Trainer

    run, config = request.experiment.run, request.experiment.model
    build = [seconds_of(lambda: HVAE(config, dtype=run.dtype)) for _ in range(REPEATS)]
    model = HVAE(config, dtype=run.dtype)
    print(f"{model.count_params():,} parameters, {len(model.trainable_variables)} variables")
    print(f"build: median {statistics.median(build):.2f} s, {min(build):.2f} to {max(build):.2f}")

    training = request.experiment.training
    trainer = Trainer(model, training, updates_per_epoch=1000, jit=run.jit == "on")
    shape = (training.data_batch_size, *config.image_size, config.image_channels)
    images = np.random.default_rng(0).integers(0, config.levels, shape).astype("uint8")
    print(f"first update: {seconds_of(lambda: trainer.train_batch(images)):.1f} s", flush=True)
    updates = [seconds_of(lambda: trainer.train_batch(images)) for _ in range(REPEATS)]
    print(f"update: median {1000 * statistics.median(updates):.0f} ms, batch {training.batch_size}")


if __name__ == "__main__":
    main()
