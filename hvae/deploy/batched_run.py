"""A function of batches, applied to any number of images."""

import numpy as np

from hvae.inference.running.batches import filled_batch


def batches_of(inputs, batch_size):
    """Inputs by name, a batch at a time, the last one filled up.

    Args:
        inputs: arrays by name, `(images, …)` each.
        batch_size: images of a batch.

    Yields:
        Arrays by name, and how many images of the batch count.
    """
    total = len(next(iter(inputs.values())))
    if total == batch_size:
        yield inputs, total
        return
    for start in range(0, total, batch_size):
        count = min(batch_size, total - start)
        yield {name: filled_batch(x, start, batch_size)[0] for name, x in inputs.items()}, count


def joined(outputs):
    """Outputs of all images from those of batches.

    Args:
        outputs: sequence of arrays by name, and how many images of them count.
    """
    parts = [{name: x[:count] for name, x in batch.items()} for batch, count in outputs]
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def run_in_batches(run, inputs, batch_size):
    """Outputs by name of `run`, a function from arrays by name to arrays by name.

    Args:
        run: the function; it sees batches of `batch_size`.
        inputs: arrays by name, `(images, …)` each.
        batch_size: images of a batch.
    """
    return joined((run(batch), count) for batch, count in batches_of(inputs, batch_size))
