"""What can be exported of a model: one part a file, found by it."""

from hvae.errors import UserError
from hvae.registry.registry import Registry

#: Classes of a model, by the values of `parts`.
PARTS = Registry("parts", __name__, "hvae.export.parts.base:Part")


def parts_of(config):
    """Names of the parts that there are of a model, by its `ModelConfig`."""
    return tuple(name for name in PARTS.names() if _is_part_of(config, PARTS[name]))


def _is_part_of(config, part):
    try:
        part.check(config)
    except UserError:
        return False
    return True
