"""Blocks of an encoder or decoder as VDVAE's published settings write them."""

from hvae.errors import UserError

#: Longer stretches of equal blocks are a mistake.
_MOST_BLOCKS = 1000


def read_steps(name, text, letter):
    """The blocks of such a string, in order.

    Args:
        name: of the setting, for messages.
        text: e.g. `"1x2,4m1,4x1"`: two blocks at 1×1, one at 4×4 with a number beside it, and
            another one. `m` and `d` mean the same to the published reader; a size alone is a block.
        letter: which of the two to show in messages.

    Returns:
        `(size, number)` of every block; the number of those with none is `None`.

    Raises:
        UserError: if a part cannot be read.
    """
    blocks = []
    for part in text.replace(" ", "").split(","):
        separator = next((mark for mark in "xmd" if mark in part), None)
        size, *numbers = part.split(separator) if separator else [part]
        try:
            size, *numbers = int(size), *(int(number) for number in numbers)
        except ValueError:
            numbers = [None, None]
        if len(numbers) > 1:
            raise UserError(f"{name}: parts look like 32x2 or 32{letter}2. Received: {part[:40]!r}")
        if separator == "x" and numbers[0] > _MOST_BLOCKS:
            raise UserError(f"{name}: at most {_MOST_BLOCKS} blocks in a part. Received: {part!r}")
        if min([size, *numbers]) < 1:
            raise UserError(f"{name}: sizes and numbers start at 1. Received: {part!r}")
        if separator == "x":
            blocks += [(size, None)] * numbers[0]
        else:
            blocks.append((size, numbers[0] if numbers else None))
    return blocks
