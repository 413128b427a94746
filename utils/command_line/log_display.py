"""Progress where nobody watches a terminal: in a log, a notebook, a pipe."""

import contextlib
import sys
import threading
import time

from hvae.training.display import Display
from utils.command_line.tracked import Tracked

#: Seconds between two lines of a loop, and before the first.
_BETWEEN_LINES = 30.0
#: Seconds after which something without known length is worth a line.
_LONG = 5.0


class LogDisplay(Display):
    """A line now and then, on standard error; no bars, no clocks.

    Args:
        between_lines: seconds between two lines.
    """

    def __init__(self, between_lines=_BETWEEN_LINES):
        self._between_lines = between_lines
        self._state = ""
        self._last_passing = -float("inf")

    @contextlib.contextmanager
    def waiting(self, text):
        timer = threading.Timer(_LONG, _print, [f"{text} ..."])
        timer.daemon = True
        timer.start()
        started = time.monotonic()
        try:
            yield
        finally:
            timer.cancel()
            took = time.monotonic() - started
            if took > _LONG:
                _print(f"{text}: {took:.0f} s")

    def track(self, iterable, text, total=None, initial=0, images=None):
        work = Tracked(iterable, total, initial, images)
        self._state = ""
        started = shown = time.monotonic()
        done = work.initial
        for step, count in work.steps():
            yield step
            done += count
            now = time.monotonic()
            if now >= shown + self._between_lines:
                shown = now
                _print(_line(text, work, done, now - started) + self._state)

    def describe(self, text):
        self._state = f", {text}"

    def message(self, text):
        print(text, flush=True)

    def passing_message(self, text):
        now = time.monotonic()
        if now >= self._last_passing + self._between_lines:
            self._last_passing = now
            self.message(text)


def _line(text, work, done, seconds):
    """How far a loop is, how fast, and how long it will take."""
    rate = (done - work.initial) / max(seconds, 1e-9)
    of_total = "" if work.total is None else f" of {work.total}"
    line = f"{text}: {done}{of_total} {work.unit}, {rate:.3g} {work.unit}/s"
    if work.total is None:
        return line
    return f"{line}, {duration((work.total - done) / rate)} left"


def duration(seconds):
    """Seconds as one reads them: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _print(line):
    print(line, file=sys.stderr, flush=True)
