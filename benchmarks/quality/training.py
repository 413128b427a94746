"""One training on real images, and what it has reached after every so many minutes.

Minutes count from the start of the process, so that imports and compiling are part of them; the
time of the measurements between updates is left out. The schedules of the configuration are
stretched or cut to the given minutes. Evaluated are the averaged weights.
"""

import time

from benchmarks import machine
from benchmarks.by_clock import updates_by_clock
from benchmarks.prepared import prepare
from benchmarks.quality.clock import Clock

#: Configurations by family.
CONFIGS = {
    "vdvae": "mnist_small",
    "efficient_vdvae": "mnist_small_efficient",
    "nvae": "mnist_small_nvae",
    "lvae": "mnist_small_lvae",
}
#: Data sets by the flag that names their folder.
SETS = {"mnist": "mnist", "fashion": "fashion_mnist"}
VALIDATION_IMAGES = 300
TEST_IMAGES = 2000
#: These bounds are of the first images of the test split only: the last takes most of the time.
BOUND_IMAGES = 20
#: Test images whose reconstructions are kept for a figure.
SHOWN_IMAGES = 10
IMPORTANCE_SAMPLES = (1, 100, 1000)
#: Points of a curve.
_POINTS = 16


def train(label, seed, typed):
    """Train one family on one set with one seed, until the time is up.

    Args:
        label: family and set, `"nvae fashion"`.
        seed: as text.
        typed: flags of the benchmark.

    Returns:
        Plain results: see the keys.
    """
    clock = Clock()
    family, name = label.split()
    flags = ("--dataset", SETS[name], "--data_dir", getattr(typed, name), "--seed", seed)
    experiment, splits, batches, trainer = prepare(CONFIGS[family], *flags)
    from hvae.images.eight_bits import eight_bits
    from hvae.inference.evaluation.evaluator import Evaluator
    from hvae.inference.evaluation.importance import LogWeights, importance_weighted_bound

    model, evaluate = trainer.model, Evaluator(trainer.model)
    curve = []

    def measure():
        with clock.stopped(), trainer.averaged_weights():
            elbo = evaluate(splits.validation[:VALIDATION_IMAGES]).elbo.mean()
        curve.append((clock.minutes, trainer.updates_done, -float(elbo)))

    # It compiles; the schedules have the time that is left.
    trainer.train_batch(next(iter(batches.epoch(0))))
    measure()
    begun = clock.minutes

    def share():
        return (clock.minutes - begun) / (typed.minutes - begun)

    for _ in updates_by_clock(trainer, batches, share):
        if share() * _POINTS >= len(curve):
            measure()
    start = time.perf_counter()
    with trainer.averaged_weights():
        elbo = evaluate(splits.test[:TEST_IMAGES]).elbo
        bounds = importance_weighted_bound(
            LogWeights(model), splits.test[:BOUND_IMAGES], IMPORTANCE_SAMPLES
        )
        shown = splits.test[:SHOWN_IMAGES]
        reconstructions = model.reconstruct(shown).images
    return {
        "config": CONFIGS[family],
        "parameters": model.count_params(),
        "minutes": typed.minutes,
        "batch_size": trainer.config.batch_size,
        "updates": trainer.updates_done,
        "curve": curve,
        "elbo_nats": -float(elbo.mean()),
        "bounds_nats": [-float(bound) for bound in bounds.mean(axis=1)],
        "images": [len(images) for images in splits],
        "evaluation_seconds": time.perf_counter() - start,
        "machine": machine.description(),
        "originals": eight_bits(shown, model.config.levels)[..., 0].tolist(),
        "reconstructions": reconstructions[..., 0].tolist(),
    }
