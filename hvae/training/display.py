"""What training shows while it runs."""

import contextlib


class Display:
    """Shows nothing. Subclass it to show progress, as the command line does."""

    def waiting(self, text):
        """Context of one long action without known length, e.g. compiling."""
        return contextlib.nullcontext()

    def track(self, iterable, text, total=None, initial=0, images=None):
        """The iterable, with its progress shown.

        Args:
            iterable: steps of a loop.
            text: what it does.
            total: how many steps there are, if `len` does not say.
            initial: how many are done.
            images: images of a step; `Steps` know theirs.
        """
        return iterable

    def describe(self, text):
        """A few words on the state of what `track` shows."""

    def message(self, text):
        """A line to keep."""

    def passing_message(self, text):
        """Lines of many such: a log needs only some of them."""
        self.message(text)
