"""Published architectures, each a set of parts: one file a family."""

from hvae.registry.discovery import find_class, module_names


def family_names():
    """Values that `model_family` may have."""
    return module_names(__path__)


def get_family(config, dtype=None):
    """The parts that `config.model_family` names, for this configuration."""
    from hvae.families.base import Family

    return find_class(__name__, config.model_family, Family)(config, dtype)
