"""Python's collector of cycles, told to wait."""

import contextlib
import gc


@contextlib.contextmanager
def collector_paused():
    """Within this context Python does not look for cycles that nothing refers to."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
