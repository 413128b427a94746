"""What a part can be exported to: one format a file, found by it."""

from hvae.errors import UserError
from hvae.export.formats.base import Format
from hvae.registry.discovery import find_class, module_names


def format_names():
    """Names of all formats."""
    return module_names(__path__)


def get_format(name, precision):
    """The `Format`, if what it needs is installed.

    Raises:
        UserError: if there is none of this name, it does not have this precision, or a
            package is missing.
    """
    if name not in format_names():
        raise UserError(f"format: allowed are {', '.join(format_names())}. Received: {name}")
    found = find_class(__name__, name, Format)
    if precision not in found.precisions:
        raise UserError(
            f"precision: {name} allows {', '.join(found.precisions)}. Received: {precision}"
        )
    exporter = found(precision)
    exporter.check_installed()
    return exporter
