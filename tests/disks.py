"""Disks that are full, for tests."""

import contextlib
import resource


@contextlib.contextmanager
def files_of_at_most(size):
    """Within this context no file grows beyond so many bytes: what writes more fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
