"""The format of runs: which fields the configuration of a run has, by when it was made."""

import dataclasses

from hvae.errors import UserError

#: A run says its format under this name in its configuration; those made before say none, it is 0.
FORMAT_NAME = "run_format"
#: Raised by one for the first field that is added after a release; such a field says `since`.
FORMAT = 1


def refuse_unreadable(path, values):
    """Refuse a run of a later version, or a format that is none.

    Args:
        path: the configuration, for the message.
        values: names and values in it.

    Raises:
        UserError: says which formats are read.
    """
    found = values.get(FORMAT_NAME, 0)
    if type(found) is not int or not 0 <= found <= FORMAT:
        raise UserError(
            f"{path}: {FORMAT_NAME} must be 0 to {FORMAT}, a later version reads later ones. "
            f"Received: {found}"
        )


def complete(path, values, config_classes):
    """A run's names and values without its format, if no field that it had is missing.

    What was added later is left to its default.

    Args:
        path: the configuration, for the message.
        values: as it has them.
        config_classes: whose fields there must be.

    Raises:
        UserError: names what is missing.
    """
    found = values.get(FORMAT_NAME, 0)
    fields = [field for config in config_classes for field in dataclasses.fields(config)]
    missing = [
        field.name
        for field in fields
        if field.name not in values and field.metadata["since"] <= found
    ]
    if missing:
        raise UserError(f"{path} is damaged: {', '.join(missing)} is missing")
    return {name: value for name, value in values.items() if name != FORMAT_NAME}
