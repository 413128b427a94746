"""Numbers that the user types in one line."""

from hvae.checks.typed_numbers import whole_number
from hvae.errors import UserError


def read_choice(text, count):
    """Numbers of images in the order in which they were typed.

    Args:
        text: numbers with commas or spaces between them.
        count: how many images there are, numbered from 0.

    Returns:
        List of integers.

    Raises:
        UserError: if there is none, one is no number, out of range, or there twice.
    """
    words = text.replace(",", " ").split()
    numbers = [whole_number(word) for word in words]
    wrong = [word for word, n in zip(words, numbers) if n is None or n >= count]
    if wrong or not words:
        received = wrong[0] if wrong else "none"
        raise UserError(
            f"choose: numbers 0 to {count - 1} with commas between them. Received: {received}"
        )
    twice = next((n for i, n in enumerate(numbers) if n in numbers[:i]), None)
    if twice is not None:
        raise UserError(f"choose: every number once. Received: {twice} twice")
    return numbers
