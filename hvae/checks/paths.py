"""Paths that somebody gives."""

import os
import pathlib

from hvae.checks.received import received
from hvae.errors import UserError


def given_path(name, path):
    """A path as a `pathlib.Path`.

    Args:
        name: what it is called in messages.
        path: text, or what has a path.

    Raises:
        UserError: if it is neither.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise UserError(f"{name}: must be a path. Received: {received(path)}")
    return pathlib.Path(path)
