"""Minutes of processor time, which other work on the machine does not stretch."""

import contextlib
import time


class Clock:
    """Minutes of a core that this process has used since its start; can be stopped in between."""

    def __init__(self):
        self._left_out = 0.0

    @property
    def minutes(self):
        """So many were used while it was not stopped."""
        return (time.process_time() - self._left_out) / 60

    @contextlib.contextmanager
    def stopped(self):
        """Within this context nothing counts."""
        start = time.process_time()
        yield
        self._left_out += time.process_time() - start
