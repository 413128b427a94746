"""Numbers of latent blocks: 0 is the first of the smallest scale."""

import itertools

from hvae.errors import UserError


def check_block(block, scales):
    """Refuse a number that no latent block has.

    Args:
        block: the number.
        scales: the `Scale` of every block, `ModelConfig.latent_scales`.

    Raises:
        UserError: lists the blocks with their scales.
    """
    if not 0 <= block < len(scales):
        groups = ", ".join(
            f"{scales[blocks[0]]}: {_range(blocks)}" for blocks in blocks_of_scales(scales)
        )
        raise UserError(
            f"block: must be 0 to {len(scales) - 1} (blocks of scale {groups}). Received: {block}"
        )


def blocks_of_scales(scales):
    """For each scale, smallest first, the numbers of its blocks; scales may share a size.

    A scale that the decoder comes back to appears each time, with the blocks of that time.
    """
    groups = itertools.groupby(range(len(scales)), key=lambda block: scales[block].index)
    return tuple(list(blocks) for _, blocks in groups)


def _range(blocks):
    return str(blocks[0]) if len(blocks) == 1 else f"{blocks[0]} to {blocks[-1]}"
