"""One process at a time trains a run, or deletes it."""

import contextlib
import datetime
import os
import socket

from filelock import FileLock, Timeout

from hvae.errors import UserError
from hvae.files.atomic import write_text

#: The lock, which the system gives back when its process ends, however that ends; and who has it.
_LOCK, _HOLDER = ".lock", ".lock-holder"


@contextlib.contextmanager
def run_lock(folder):
    """Within this context no other process takes the run.

    Args:
        folder: the run's folder.

    Raises:
        UserError: if another has it; says who, and since when.
    """
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UserError(f"{folder} is in use: {_holder(folder)}") from None
    except OSError as error:
        raise UserError(f"could not lock {folder} ({error.strerror or error})") from error
    try:
        now = datetime.datetime.now().isoformat(" ", "seconds")
        who = f"process {os.getpid()} on {socket.gethostname()} since {now}"
        write_text(folder / _HOLDER, who)
        yield
    finally:
        lock.release()


def _holder(folder):
    try:
        return (folder / _HOLDER).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return "by another process"
