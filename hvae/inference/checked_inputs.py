"""What is given to a trained model besides images, as it can take it."""

import numpy as np

from hvae.checks.received import received
from hvae.errors import UserError

#: The largest seed; as on the command line.
MOST_SEED = 2**32 - 1
#: What of p(x|z) can be shown.
OUTPUTS = ("mean", "mode", "sample")


def check_whole(name, value, least, most=None):
    """Refuse what is no whole number, or outside of bounds.

    Args:
        name: what it is called in messages.
        value: what came; integers of NumPy are whole numbers too.
        least, most: bounds; `None` for none above.

    Raises:
        UserError: says what is allowed, and what came.
    """
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or value < least or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        raise UserError(f"{name}: must be a whole number, {bounds}. Received: {received(value)}")


def checked_masks(masks, model):
    """One array of booleans for each latent block, or `None` for all variables.

    Args:
        masks: the arrays, `(height, width, z_width)`, smallest scale first, or `None`.
        model: the `HVAE`.

    Raises:
        UserError: for another number of them, another shape, or other values than 0 and 1.
    """
    if masks is None:
        return None
    shapes = [shape[1:] for shape in model.noise_shapes(1)]
    try:
        masks = tuple(np.asarray(mask) for mask in masks)
    except (TypeError, ValueError):
        masks = ()
    if [mask.shape for mask in masks] != shapes:
        raise UserError(
            f"masks: must have shapes {', '.join(map(str, shapes))}, one for each block. "
            f"Received: {', '.join(str(mask.shape) for mask in masks) or 'no such arrays'}"
        )
    for i, mask in enumerate(masks):
        if mask.dtype.kind not in "biu" or mask.min() < 0 or mask.max() > 1:
            raise UserError(f"masks: must be booleans. Received: {mask.dtype} in block {i}")
    return tuple(mask.astype(bool) for mask in masks)


def checked_output(output):
    """The name of what is to be shown of p(x|z).

    Raises:
        UserError: if it is none of `OUTPUTS`.
    """
    if output not in OUTPUTS:
        raise UserError(f"output: allowed are {', '.join(OUTPUTS)}. Received: {output}")
    return output


def checked_blocks(blocks, model, name):
    """One array for each latent block, if they are what a model can decode.

    Args:
        blocks: the arrays, `(images, height, width, z_width)`, smallest scale first.
        model: the `HVAE`.
        name: what they are called in messages.

    Raises:
        UserError: for another number of blocks, another shape, numbers of images that differ
            from block to block, none at all, or numbers that are not finite.
    """
    blocks = tuple(np.asarray(block) for block in blocks)
    count = len(blocks[0]) if blocks and blocks[0].ndim else 0
    shapes = model.noise_shapes(count)
    if count == 0 or len(blocks) != len(shapes):
        raise UserError(
            f"{name}: must have images, and {len(shapes)} blocks. "
            f"Received: {count} images, {len(blocks)} blocks"
        )
    for i, (block, shape) in enumerate(zip(blocks, shapes)):
        if block.shape != shape:
            raise UserError(f"{name}: block {i} must have shape {shape}. Received: {block.shape}")
        if not np.isfinite(block).all():
            raise UserError(f"{name}: must be finite numbers. Received: others in block {i}")
    return blocks
