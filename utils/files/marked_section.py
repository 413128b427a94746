"""Parts of a text file that a program writes, between two comments."""


def with_section(text, name, content):
    """The text with its section of a name replaced.

    Args:
        text: has a line `<!-- NAME: start -->` and later `<!-- NAME: end -->`.
        name: the section's name.
        content: lines to put between the two.

    Raises:
        ValueError: if one of the two lines is missing.
    """
    start, end = f"<!-- {name}: start -->\n", f"<!-- {name}: end -->"
    before, found_start, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not found_start or not found_end:
        raise ValueError(f"there is no section {name} between {start.strip()} and {end}")
    return f"{before}{start}{content.rstrip()}\n{end}{after}"
