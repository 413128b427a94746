"""Numbers in what people type."""

#: More would be no number of anything here, and Python refuses to read thousands.
_MOST_DIGITS = 18


def whole_number(text):
    """The number that a text of digits 0 to 9 stands for; `None` for any other text.

    `str.isdigit` is true of `²` too, which is no number to `int`.
    """
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None
