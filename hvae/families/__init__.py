"""Published architectures: one folder holds all that only that family has.

    config      its `ModelConfig`: the fields that it adds, and what follows from them
    family      its parts: the layers that encoder, decoder and latent blocks ask for
    *_variant   how its latent blocks make prior, posterior and next state
    layers/     layers that no other family has

To remove a family, delete its folder.
"""

import dataclasses

from hvae.errors import UserError
from hvae.registry.discovery import find_class, package_names


def family_names():
    """Values that `model_family` may have."""
    return package_names(__path__)


def get_config_class(name):
    """The `ModelConfig` of a family.

    Raises:
        UserError: if there is no such family.
    """
    from hvae.config import ModelConfig

    if name not in family_names():
        raise UserError(f"model_family: allowed are {', '.join(family_names())}. Received: {name}")
    return find_class(f"{__name__}.{name}", "config", ModelConfig)


def families_with(field_name):
    """Names of the families whose configuration has a field of this name."""
    classes = {name: get_config_class(name) for name in family_names()}
    return tuple(
        name
        for name, config_class in classes.items()
        if field_name in {field.name for field in dataclasses.fields(config_class)}
    )


def get_family(config, dtype=None):
    """The parts that `config.model_family` names, for this configuration."""
    # Building needs keras, the names do not.
    from hvae.families.base import Family

    return find_class(f"{__name__}.{config.model_family}", "family", Family)(config, dtype)
