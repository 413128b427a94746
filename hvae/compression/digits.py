"""A value of a pixel as few digits."""

from typing import NamedTuple

_MOST_RANGES = 16


class Digits(NamedTuple):
    """How values are written: every digit chooses one of few ranges of them.

    256 levels are two digits of base 16, so a value takes 32 probabilities instead of 256.
    """

    base: int
    spans: tuple[int, ...]  # levels in a range of each digit, the most significant first

    @classmethod
    def of_levels(cls, levels):
        """The fewest digits of a base of at most 16, and the least base for so many."""
        count = 1
        while _MOST_RANGES**count < levels:
            count += 1
        base = next(b for b in range(2, _MOST_RANGES + 1) if b**count >= levels)
        return cls(base, tuple(base**n for n in reversed(range(count))))
