"""The flag `--temperature`: a number, one for each block, or a line through the hierarchy."""

import numpy as np

from hvae.errors import UserError
from hvae.inference.generation.temperatures import block_temperatures


def add_temperature_flag(parser):
    """Temperatures of the prior, to be read by `read_temperature`."""
    parser.add_argument(
        "--temperature",
        nargs="+",
        default=["1"],
        metavar="X",
        help="factor on the prior's standard deviations: a number, one for each block from the "
        "smallest scale, or linear:TOP:BOTTOM, e.g. linear:0.6:0.9 [default 1]",
    )


def read_temperature(texts, num_blocks):
    """Temperatures of the blocks, smallest scale (the top) first.

    Args:
        texts: one number, one for each block, or `linear:TOP:BOTTOM`, as typed.
        num_blocks: number of latent blocks.

    Returns:
        List of floats.

    Raises:
        UserError: for anything else, or a negative number.
    """
    values = _numbers(texts, num_blocks)
    if values is None or len(values) not in (1, num_blocks):
        raise UserError(
            f"temperature: one number, one for each of the {num_blocks} blocks, or "
            f"linear:TOP:BOTTOM such as linear:0.6:0.9. Received: {' '.join(texts)}"
        )
    return block_temperatures(values, num_blocks)


def temperature_title(temperatures):
    """Temperatures of the blocks, for titles."""
    top, bottom = temperatures[0], temperatures[-1]
    if len(set(temperatures)) == 1:
        return f"temperature {top:g}"
    return f"temperatures {top:g} … {bottom:g}, top to bottom"


def _numbers(texts, num_blocks):
    """What the texts say, or `None`."""
    try:
        if texts[0].startswith("linear:"):
            (line,) = texts
            ends = [float(text) for text in line.removeprefix("linear:").split(":")]
            return np.linspace(*ends, num_blocks) if np.isfinite(ends).all() else None
        return [float(text) for text in texts]
    except ValueError:
        return None
