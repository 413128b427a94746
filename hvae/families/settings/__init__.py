"""The fields that families add to the configuration: one file each, named as the family.

Apart from the families themselves, since these must be known before keras is imported.
"""

from hvae.families.settings.base import FamilySettings
from hvae.registry.discovery import find_class, module_names


def family_settings():
    """The `FamilySettings` of all families."""
    return tuple(get_family_settings(name) for name in module_names(__path__))


def get_family_settings(name):
    """The `FamilySettings` of one family."""
    return find_class(__name__, name, FamilySettings)
