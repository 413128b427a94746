"""Published architectures: one folder holds all that only that family has.

    config      the fields that it adds to the configuration, and what follows from them
    family      its parts: the layers that encoder, decoder and latent blocks ask for
    *_variant   how its latent blocks make prior, posterior and next state
    layers/     layers that no other family has

To remove a family, delete its folder.
"""

from hvae.families.settings import FamilySettings
from hvae.registry.discovery import find_class, package_names


def family_names():
    """Values that `model_family` may have."""
    return package_names(__path__)


def family_settings():
    """The `FamilySettings` of all families."""
    return tuple(get_family_settings(name) for name in family_names())


def get_family_settings(name):
    """The `FamilySettings` of one family."""
    return find_class(f"{__name__}.{name}", "config", FamilySettings)


def get_family(config, dtype=None):
    """The parts that `config.model_family` names, for this configuration."""
    # Building needs keras, the names do not.
    from hvae.families.base import Family

    return find_class(f"{__name__}.{config.model_family}", "family", Family)(config, dtype)
