"""The process that a file without an end belongs to, told by the file's name."""

import os
import re
import socket

_OWNER = re.compile(r"-at-(?P<host>.+?)-(?P<process>\d+)-")


def owned(prefix, name):
    """The file's name between a prefix and which process of which computer has begun it."""
    return f"{prefix}-at-{socket.gethostname()}-{os.getpid()}-{name}"


def is_left_over(name):
    """Whether a name of `owned` is of a process of this computer that is no more."""
    match = _OWNER.search(name)
    return (
        bool(match) and match["host"] == socket.gethostname() and not _runs(int(match["process"]))
    )


def _runs(process):
    try:
        os.kill(process, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
