"""A decoder whose blocks have an order of their own."""

import collections
import itertools

from hvae.configuration.decoder_step import DecoderStep
from hvae.errors import UserError
from hvae.families.vdvae.step_strings import read_steps

_NAME = "dec_steps"


def decoder_steps(config):
    """The `DecoderStep`s that `dec_steps` of a `VDVAEConfig` describes, in order."""
    scales = {scale.height: scale for scale in config.scales}
    return tuple(
        DecoderStep(scales[size], scales.get(source), count)
        for size, source, count in _stretches(read_steps(_NAME, config.dec_steps, "m"))
    )


def check_steps(config):
    """Raises `UserError` if `dec_steps` of a `VDVAEConfig` cannot be walked; it names the step."""
    if config.use_depthwise_attention or config.reconstruct_from != "state":
        other = "use_depthwise_attention off, and reconstruct_from state"
        raise UserError(f"{_NAME}: needs {other}. Received: {config.dec_steps}")
    blocks = read_steps(_NAME, config.dec_steps, "m")
    scales = {scale.height: scale for scale in config.scales}
    counts = collections.Counter(size for size, _ in blocks)
    for size, scale in scales.items():
        if counts[size] != scale.num_latents:
            raise UserError(
                f"{_NAME}: needs as many blocks as dec_num_blocks, {scale.num_latents} at {size}. "
                f"Received: {counts[size]}"
            )
    known = {size for size, scale in scales.items() if scale.has_learned_state}
    for size, source in blocks:
        if size not in scales:
            heights = " ".join(str(height) for height in scales)
            raise UserError(f"{_NAME}: the scales have heights {heights}. Received: {size}")
        if source is not None and (source not in known or source > size):
            why = "is larger" if source > size else "has no state yet"
            raise UserError(f"{_NAME}: scale {source} {why}. Received: {size}m{source}")
        known.add(size)
    if config.scales[0].height not in known:
        raise UserError(
            f"{_NAME}: needs a block at the largest scale, {config.scales[0].height}, from which "
            f"images are reconstructed. Received: {config.dec_steps}"
        )


def _stretches(blocks):
    """Size, source and count of blocks that follow each other at one scale."""
    numbers = itertools.accumulate(
        source is not None or i == 0 or blocks[i - 1][0] != size
        for i, (size, source) in enumerate(blocks)
    )
    for _, group in itertools.groupby(zip(numbers, blocks), key=lambda pair: pair[0]):
        stretch = [block for _, block in group]
        yield *stretch[0], len(stretch)
