"""Which latent variables carry the information."""

import numpy as np

from hvae.errors import UserError


def mask_of_quantile(kl_of_units, quantile):
    """The share of all latent variables that has the largest KL, whichever their blocks.

    Exactly `round(quantile * variables)` are kept: 1 keeps all, 0 none. Of variables with
    the same KL the earlier is kept, in the order of blocks, rows, columns and channels.

    Args:
        kl_of_units: per block `(height, width, z_width)`, the average KL of every latent
            variable in nats, as of `Evaluation` and `read_statistics`.
        quantile: share of the variables to keep, 0 to 1.

    Returns:
        Per block booleans, `(height, width, z_width)`.

    Raises:
        UserError: if the quantile is not a share.

    Reference:
        Hazami et al. 2022 (Efficient-VDVAE), the masks that follow from `div_stats`.
    """
    if not 0.0 <= quantile <= 1.0:
        raise UserError(f"mask_quantile: must be 0 to 1. Received: {quantile}")
    blocks = [np.asarray(kl, np.float64) for kl in kl_of_units]
    values = np.concatenate([kl.ravel() for kl in blocks])
    # A stable order of −KL: largest first, and what is equal stays in its order.
    largest_first = np.argsort(-values, kind="stable")
    is_kept = np.zeros(values.size, bool)
    is_kept[largest_first[: round(quantile * values.size)]] = True
    ends = np.cumsum([kl.size for kl in blocks])[:-1]
    return tuple(
        part.reshape(kl.shape) for part, kl in zip(np.split(is_kept, ends), blocks, strict=True)
    )


def share_of_kl(kl_of_units, masks):
    """How much of the KL the variables of a mask carry, 0 to 1; 0 where there is no KL.

    Args:
        kl_of_units: per block `(height, width, z_width)`, nats.
        masks: per block booleans of the same shape.
    """
    total = sum(np.sum(kl, dtype=np.float64) for kl in kl_of_units)
    kept = sum(np.sum(kl[mask], dtype=np.float64) for kl, mask in zip(kl_of_units, masks))
    return float(kept / total) if total else 0.0
