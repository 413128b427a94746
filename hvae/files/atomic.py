"""Files that are written whole or not at all."""

import contextlib
import errno
import os
import pathlib
import shutil

from hvae.errors import UserError


@contextlib.contextmanager
def replacing(path, wait_for_disk=True):
    """Gives a temporary path next to `path`; at the end it takes the place of `path`.

    If anything goes wrong the temporary file is removed and the old file stays.

    Args:
        path: the file.
        wait_for_disk: whether it must survive a power cut from here on, which takes
            milliseconds.

    Raises:
        UserError: if the disk is full, or the file cannot be written.
    """
    path = pathlib.Path(path)
    # The ending stays: Keras and NumPy look at it.
    temporary = path.with_name(f".writing-{path.name}")
    try:
        yield temporary
        if wait_for_disk:
            with open(temporary, "rb") as file:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise _failure(path, error.strerror or str(error)) from error
    except RuntimeError as error:
        # HDF5 reports a full disk as a RuntimeError when it closes the file.
        if f"errno = {errno.ENOSPC}" not in str(error):
            raise
        raise _failure(path, os.strerror(errno.ENOSPC)) from error
    finally:
        # A disk that cannot be written cannot be cleaned either; the first error counts.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path):
    """Gives a new folder next to `path`; at the end it takes the place of `path`.

    If anything goes wrong the new folder is removed and the old one stays.

    Raises:
        UserError: if a file cannot be written.
    """
    path = pathlib.Path(path).resolve()
    temporary, old = (path.with_name(f".{state}-{path.name}") for state in ("writing", "old"))
    _put_back(old, path)
    try:
        for left_over in (temporary, old):
            shutil.rmtree(left_over, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        if path.exists():
            os.replace(path, old)
        os.replace(temporary, path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        _put_back(old, path)
        raise _failure(path, error.strerror or str(error)) from error
    finally:
        _put_back(old, path)
        shutil.rmtree(temporary, ignore_errors=True)


def _put_back(old, path):
    """After an end between the two moves the old folder is the only one."""
    if old.exists() and not path.exists():
        os.replace(old, path)


@contextlib.contextmanager
def writing(path):
    """Around what is written on the way to a file: an error of the disk names that file.

    Raises:
        UserError: if the disk is full, or something cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise _failure(pathlib.Path(path), error.strerror or str(error)) from error


def write_text(path, text):
    """Write a text file whole."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def make_folder(path):
    """Make a folder, and those above it, unless it is there.

    Raises:
        UserError: if it cannot be made.
    """
    try:
        pathlib.Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"could not make {path} ({error.strerror})") from error


def _failure(path, reason):
    left = "what was there is untouched" if path.exists() else "nothing was written"
    return UserError(f"could not write {path} ({reason}); {left}")
