"""What a part can be exported to: one format a file, found by it."""

from hvae.errors import UserError
from hvae.registry.registry import Registry

#: By the values of `format`.
FORMATS = Registry("format", __name__, "hvae.export.formats.base:Format")


def get_format(name, precision):
    """The `Format`, if what it needs is installed.

    Raises:
        UserError: if there is none of this name, it does not have this precision, or a
            package is missing.
    """
    found = FORMATS[name]
    if precision not in found.precisions:
        raise UserError(
            f"precision: {name} allows {', '.join(found.precisions)}. Received: {precision}"
        )
    exporter = found(precision)
    exporter.check_installed()
    return exporter
