"""What can be exported of a model: one part a file, found by it."""

from hvae.errors import UserError
from hvae.registry.discovery import find_class, module_names


def part_names():
    """Names of all parts."""
    return module_names(__path__)


def check_part(name):
    """Refuse what is no part.

    Raises:
        UserError: says which there are.
    """
    if name not in part_names():
        raise UserError(f"parts: allowed are {', '.join(part_names())}. Received: {name}")


def get_part(name, model):
    """The `Part` of a model; errors as of `check_part`."""
    # The base needs keras, the names do not.
    from hvae.export.parts.base import Part

    check_part(name)
    return find_class(__name__, name, Part)(model)
