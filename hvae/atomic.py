"""Files that are written whole or not at all."""

import contextlib
import os
import pathlib

from hvae.errors import UserError


@contextlib.contextmanager
def replacing(path):
    """Gives a temporary path next to `path`; at the end it takes the place of `path`.

    If anything goes wrong the temporary file is removed and the old file stays.

    Raises:
        UserError: if the disk is full, or the file cannot be written.
    """
    path = pathlib.Path(path)
    # The ending stays: Keras and NumPy look at it.
    temporary = path.with_name(f".writing-{path.name}")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(
            f"could not write {path} ({error.strerror or error}); {_what_is_left(path)}"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path, text):
    """Write a text file whole."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _what_is_left(path):
    return "the previous file is untouched" if path.exists() else "nothing was written"
