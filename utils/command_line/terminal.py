"""Progress in the terminal."""

import contextlib
import sys
import threading

from tqdm import tqdm

from hvae.training.display import Display
from utils.command_line.native_end import ended_by_interruption


class TerminalDisplay(Display):
    """Bars for loops, a running clock for anything else that takes long."""

    def __init__(self):
        self._bar = None

    @contextlib.contextmanager
    def waiting(self, text):
        done = threading.Event()
        bar = tqdm(desc=text, bar_format="{desc}: {elapsed}", file=sys.stderr, dynamic_ncols=True)

        def tick():
            while not done.wait(0.5):
                bar.refresh()

        thread = threading.Thread(target=tick, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            bar.close()

    @contextlib.contextmanager
    def compiling(self, text):
        with ended_by_interruption(), self.waiting(text):
            yield

    def track(self, iterable, text, total=None, initial=0, images=None):
        # Bars of single epochs disappear: the epoch's line replaces them.
        self._bar = tqdm(
            iterable,
            desc=text,
            total=total,
            initial=initial,
            unit="it" if images is None else " images",
            # tqdm takes 1 for "with SI prefixes".
            unit_scale=False if images in (None, 1) else images,
            leave=False,
            file=sys.stderr,
            dynamic_ncols=True,
        )
        return self._bar

    def describe(self, text):
        if self._bar is not None:
            self._bar.set_postfix_str(text, refresh=False)

    def message(self, text):
        tqdm.write(text, file=sys.stdout)
        sys.stdout.flush()
