"""What training shows while it runs."""

import contextlib


class Display:
    """Shows nothing. Subclass it to show progress, as the command line does."""

    def waiting(self, text):
        """Context of one long action without known length, e.g. compiling."""
        return contextlib.nullcontext()

    def compiling(self, text):
        """`waiting` for native code, which an interruption ends at once: nothing is lost by it."""
        return self.waiting(text)

    def track(self, iterable, text, total=None, initial=0, images=None):
        """The iterable, with its progress shown; with `images` to a step, in images."""
        return iterable

    def describe(self, text):
        """A few words on the state of what `track` shows."""

    def message(self, text):
        """A line to keep."""
