"""Files that are written whole or not at all."""

import contextlib
import os
import pathlib
import shutil

from hvae.errors import UserError
from hvae.files.owner import is_left_over, owned

#: How names of what is not whole begin.
_WRITING = ".writing"


@contextlib.contextmanager
def replacing(path, wait_for_disk=True):
    """Gives a temporary path next to `path`; at the end it takes the place of `path`.

    If anything goes wrong the temporary file is removed and the old file stays. What writes the
    file must be Python: HDF5's own code crashes where a disk is full. So make bytes first, see
    `write_bytes`.

    Args:
        path: the file.
        wait_for_disk: whether it must survive a power cut from here on, which takes
            milliseconds.

    Raises:
        UserError: if the disk is full, or the file cannot be written.
    """
    path = pathlib.Path(path)
    temporary = temporary_path(path)
    try:
        with writing(path):
            yield temporary
            if wait_for_disk:
                with open(temporary, "rb") as file:
                    os.fsync(file.fileno())
            os.replace(temporary, path)
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
    temporary, old = temporary_path(path), path.with_name(f".old-{path.name}")
    _put_back(old, path)
    try:
        shutil.rmtree(old, ignore_errors=True)
        temporary.mkdir(parents=True)
        remove_left_over(path.parent)
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


@contextlib.contextmanager
def making_folder(path):
    """Gives a temporary folder next to `path`; at the end it becomes `path`, whole.

    Raises:
        UserError: if by then something else is there, or a file cannot be written.
    """
    path = pathlib.Path(path).absolute()
    temporary = temporary_path(path)
    try:
        with writing(path):
            temporary.mkdir(parents=True)
            remove_left_over(path.parent)
            yield temporary
            os.rename(temporary, path)  # an empty folder gives way, nothing else does
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def delete_folder(path):
    """Delete a folder with all that is in it; what stops in between leaves none of that name.

    Raises:
        UserError: if it cannot be deleted.
    """
    path = pathlib.Path(path)
    try:
        shutil.rmtree(path.rename(temporary_path(path)))
    except OSError as error:
        raise UserError(f"could not delete {path} ({error.strerror or error})") from error


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


def write_bytes(path, content):
    """Write a file whole.

    Args:
        path: the file.
        content: `bytes`, or what has them as a buffer.

    Raises:
        UserError: as of `replacing`.
    """
    with replacing(path) as temporary, open(temporary, "wb") as file:
        file.write(content)


def write_text(path, text):
    """Write a text file whole."""
    write_bytes(path, text.encode())


def append_text(path, text):
    """Add to the end of a text file.

    Raises:
        UserError: if the disk is full, or the file cannot be written; it is as it was.
    """
    content = memoryview(text.encode())
    with writing(path), open(path, "ab", buffering=0) as file:
        before = file.tell()
        try:
            while content:
                content = content[file.write(content) :]
        except OSError:
            file.truncate(before)
            raise


def temporary_path(path):
    """Where this process writes what is to be at a path; the ending stays."""
    return path.with_name(owned(_WRITING, path.name))


def remove_left_over(folder):
    """Remove what processes have begun to write in a folder and did not live to end."""
    for path in pathlib.Path(folder).glob(f"{_WRITING}-*"):
        if is_left_over(path.name):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


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
