"""Published architectures: one folder holds all that only that family has.

    config      its `ModelConfig`: the fields that it adds, and what follows from them
    family      its parts: the layers that encoder, decoder and latent blocks ask for
    *_variant   how its latent blocks make prior, posterior and next state
    layers/     layers that no other family has

To remove a family, delete its folder.
"""

import dataclasses
from collections.abc import Callable

from hvae.errors import UserError
from hvae.registry.registry import Part, Registry

#: Parts and configuration classes, both by the values of `model_family`.
FAMILIES = Registry("model_family", __name__, "hvae.families.base:Family", module="family")
CONFIGS = Registry("model_family", __name__, "hvae.config:ModelConfig", module="config")


def register_family(name: str, config_class: type) -> Callable[[Part], Part]:
    """Decorator that adds a `Family` and its configuration under a name.

    Args:
        name: what `model_family` will be.
        config_class: a `ModelConfig` with `model_family = name`, a frozen dataclass.

    Raises:
        UserError: as `Registry.register`; or the configuration is that of another family.
    """
    CONFIGS.check_addition(name, config_class)
    if config_class.model_family != name or "__dataclass_params__" not in vars(config_class):
        raise UserError(
            f"model_family {name}: {config_class.__name__} must be a dataclass with "
            f"model_family = {name!r}. Received: {config_class.model_family!r}"
        )

    def add(family: Part) -> Part:
        FAMILIES.register(name)(family)
        CONFIGS.register(name)(config_class)
        return family

    return add


def families_with(field_name):
    """Names of the families whose configuration has a field of this name."""
    return tuple(
        name
        for name in CONFIGS.names()
        if field_name in {field.name for field in dataclasses.fields(CONFIGS[name])}
    )


def get_family(config, dtype=None):
    """The parts that `config.model_family` names, for this configuration."""
    return FAMILIES[config.model_family](config, dtype)
