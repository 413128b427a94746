"""Names inside archives that somebody else made."""

import pathlib

from hvae.errors import UserError

_ENDINGS = (".jpeg", ".jpg", ".png", ".webp")


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


def is_picture(name):
    """Whether a name in an archive or a folder is a picture's, and not one of the system's own."""
    path = pathlib.PurePosixPath(name)
    is_hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in _ENDINGS and not is_hidden
