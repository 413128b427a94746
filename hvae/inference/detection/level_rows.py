"""Which blocks of a walk come from the posterior."""

import numpy as np

from hvae.errors import UserError


def posterior_rows(blocks, counts):
    """For each count a row: 1 for blocks from the posterior, 0 for those from the prior.

    Args:
        blocks: latent blocks of the model.
        counts: how many of the lowest blocks come from the prior, 0 to `blocks` − 1 each.

    Returns:
        `(counts, blocks)`, float32.

    Raises:
        UserError: if a count is out of range.
    """
    for count in counts:
        if not 0 <= count < blocks:
            raise UserError(f"counts: must be 0 to {blocks - 1}. Received: {count}")
    return (np.arange(blocks) < blocks - np.asarray(counts)[:, None]).astype(np.float32)
