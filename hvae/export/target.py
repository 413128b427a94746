"""Where an export goes."""

import pathlib

from hvae.deploy.manifest import MANIFEST
from hvae.errors import UserError


def check_target(folder):
    """The path of a folder that an export can have: new, empty, or with another in it.

    Raises:
        UserError: if it is anything else.
    """
    folder = pathlib.Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is not an export, it is not replaced: it is a file")
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise UserError(f"{folder} is not an export, it is not replaced: {MANIFEST} is missing")
    return folder
