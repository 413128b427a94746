"""Names inside archives that somebody else made."""

import pathlib

from hvae.errors import UserError


def check_name(archive, name):
    """A member's name, if it stays inside of the archive.

    Args:
        archive: the archive's path, for the message.
        name: as the archive has it.

    Raises:
        UserError: if it is absolute or goes up.
    """
    path = pathlib.PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise UserError(f"{archive} holds a path outside of it: {name}; fetch it again")
    return name
