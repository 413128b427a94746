"""What is given to a trained model besides images, as it can take it."""

import numpy as np

from hvae.errors import UserError

#: What of p(x|z) can be shown.
OUTPUTS = ("mean", "mode", "sample")


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
