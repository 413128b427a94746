"""How long a call takes."""

import time


def seconds_of(function):
    """Seconds of wall-clock time that a function of no arguments takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
