"""Temperatures of the latent blocks."""

import numpy as np

from hvae.errors import UserError

#: Of any use; far below where float32 ends.
_HIGHEST = 1000.0


def block_temperatures(temperature, num_blocks):
    """One temperature for each block.

    Args:
        temperature: factor on the prior's standard deviations: a number for all blocks, or
            a sequence with one for each, smallest scale first.
        num_blocks: number of latent blocks.

    Returns:
        List of floats.

    Raises:
        UserError: if there is not one for each block, or one is negative or above 1000.
    """
    values = np.atleast_1d(np.asarray(temperature, np.float64))
    if values.shape not in ((1,), (num_blocks,)):
        raise UserError(
            f"temperature: one for all blocks, or one for each of the {num_blocks}. "
            f"Received: {len(values)}"
        )
    # NaN is neither.
    if not ((values >= 0.0) & (values <= _HIGHEST)).all():
        listed = " ".join(f"{value:g}" for value in values)
        raise UserError(f"temperature: must be 0 to {_HIGHEST:g}. Received: {listed}")
    return np.broadcast_to(values, num_blocks).tolist()


def per_image(temperatures, num_images):
    """Temperatures as inputs of a `CompiledFunction`: `(num_images, 1, 1, 1)` each.

    Compiled graphs take a batch along every input.
    """
    return [np.full((num_images, 1, 1, 1), value, np.float32) for value in temperatures]
